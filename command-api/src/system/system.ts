import { refusal } from '@ims/contracts/error-codes';
import { type SystemRole, systemRoles } from '@ims/contracts/permissions';
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

/** Who administers the system, active or not. */
export const systemAdministrators = ({ grants }: System): readonly string[] =>
  [...grants]
    .filter((grant) => grant.startsWith('administrator:'))
    .map((grant) => grant.slice('administrator:'.length));

/**
 * Gives a user exactly these roles. `activeUsers`: those of the administrators who can sign in; only they count when the
 * last one is to be kept. Somebody who became administrator after it was read does not count, which errs on the safe side.
 */
export const setSystemRoles = (
  system: System,
  command: {
    readonly userId: string;
    readonly roles: readonly SystemRole[];
    readonly activeUsers: ReadonlySet<string>;
  },
): Decision<SystemEvent> => {
  const { userId, roles, activeUsers } = command;
  const has = (role: SystemRole): boolean => system.grants.has(grantOf(role, userId));
  const isOtherActive = (id: string): boolean => id !== userId && activeUsers.has(id);
  if (has('administrator') && !roles.includes('administrator') && !systemAdministrators(system).some(isOtherActive)) {
    return refusal(
      'CONFLICT',
      'The system keeps at least one active administrator; make somebody else administrator first',
    );
  }
  return systemRoles.flatMap((role): SystemEvent[] => {
    if (has(role) === roles.includes(role)) return [];
    return [{ type: roles.includes(role) ? 'SystemRoleGranted' : 'SystemRoleRevoked', data: { userId, role } }];
  });
};
