import { foldText } from '@ims/contracts/fold-text';
import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteMember } from '#api/members.ts';
import type { StateTone } from '#ui/state-word.tsx';

/** What a role may do, in the words of who gives it. */
export const roleAbout: Readonly<Record<SiteRole, string>> = {
  viewer: 'Reads the interactions',
  editor: 'Records, edits and deletes interactions',
  auditor: 'Reads the interactions and the audit trail',
  administrator: 'Does everything, and decides who may do what',
};

/** `Nora Lind`; the e-mail address of somebody who has not registered yet. */
export const nameOf = ({ displayName, email }: Pick<SiteMember, 'displayName' | 'email'>): string =>
  displayName || email;

export const stateOf = ({ active, invited }: SiteMember): { readonly tone: StateTone; readonly word: string } => {
  if (invited) return { tone: 'waiting', word: 'Invited' };
  return active ? { tone: 'on', word: 'Active' } : { tone: 'off', word: 'Inactive' };
};

/** The members of whom a name, username or e-mail has a word that begins as typed, for every word typed. */
export const findMembers = (members: readonly SiteMember[], typed: string): readonly SiteMember[] => {
  const wanted = foldText(typed).split(/\s+/).filter(Boolean);
  return members.filter(({ displayName, username, email }) => {
    const folded = foldText(`${displayName} ${username} ${email}`);
    const words = [...folded.split(/\s+/), ...folded.split(/[^\p{L}\p{N}]+/u)];
    return wanted.every((want) => words.some((word) => word.startsWith(want)));
  });
};
