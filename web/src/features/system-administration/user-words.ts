import type { SystemRole } from '@ims/contracts/permissions';
import type { User } from '@ims/contracts/users/api';
import { viewerZone, wallTimeIn } from '#ui/date-words.ts';
import type { StateTone } from '#ui/state-word.tsx';

export const systemRoleWords: Readonly<Record<SystemRole, { readonly label: string; readonly about: string }>> = {
  administrator: { label: 'Administrator', about: 'Looks after users, sites, their members and the projections' },
  auditor: { label: 'Auditor', about: 'Reads every site and the audit trail, and changes nothing' },
  operator: { label: 'Operator', about: 'Looks after the projections, and sees no interactions' },
};

/** `Nora Lind`; the e-mail address of somebody who has not registered yet. */
export const nameOf = ({ displayName, email }: Pick<User, 'displayName' | 'email'>): string => displayName || email;

export const isLocked = ({ lockedUntil }: Pick<User, 'lockedUntil'>, now: number = Date.now()): boolean =>
  lockedUntil !== null && Date.parse(lockedUntil) > now;

/** `Active`, `Locked until 14:32` in the viewer's own zone, and so on; what needs attention comes first. */
export const stateOf = (user: User, now?: number): { readonly tone: StateTone; readonly word: string } => {
  if (!user.active && !user.invited) return { tone: 'off', word: 'Inactive' };
  if (user.invited) return { tone: 'waiting', word: 'Invited' };
  if (user.lockedUntil && isLocked(user, now))
    return { tone: 'held', word: `Locked until ${wallTimeIn(user.lockedUntil, viewerZone()).slice(11)}` };
  return { tone: 'on', word: 'Active' };
};
