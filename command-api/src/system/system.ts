import type { SystemRole } from '@ims/contracts/permissions';
import type { SystemEvent } from '@ims/contracts/system/events';
import type { Decision, Evolution } from '../command-handling/decider.ts';

/** Who holds which role of the system, as `role:userId`. */
export type System = { readonly grants: ReadonlySet<string> };

const grantOf = (role: SystemRole, userId: string): string => `${role}:${userId}`;

export const systemEvolution: Evolution<System, SystemEvent> = {
  initialState: { grants: new Set() },
  evolve: ({ grants }, { type, data }) => {
    const grant = grantOf(data.role, data.userId);
    if (type === 'SystemRoleGranted') return { grants: new Set(grants).add(grant) };
    return { grants: new Set([...grants].filter((other) => other !== grant)) };
  },
};

export const grantSystemRole = (
  system: System,
  command: { readonly userId: string; readonly role: SystemRole },
): Decision<SystemEvent> =>
  system.grants.has(grantOf(command.role, command.userId))
    ? []
    : [{ type: 'SystemRoleGranted', data: { userId: command.userId, role: command.role } }];
