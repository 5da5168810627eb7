import type { SiteRole } from '@ims/contracts/permissions';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addMember, changeRole, memberKeys, removeMember, type SiteMember } from '#api/members.ts';
import { refreshOwnRoles } from '#api/own-roles.ts';
import { notify } from '#ui/notices.ts';
import { refusalWords } from '#ui/refusal.tsx';
import { nameOf } from './member-words.ts';

type RoleChange = { readonly member: SiteMember; readonly role: SiteRole };

/** Changes that show at once, and are taken back with the reason beside the person when the server refuses them. */
export const useMembers = (siteId: string, ownId: string) => {
  const queries = useQueryClient();
  const [refusals, setRefusals] = useState<Readonly<Record<string, string>>>({});
  const queryKey = memberKeys.all(siteId);
  const show = (change: (members: readonly SiteMember[]) => readonly SiteMember[]): void => {
    queries.setQueryData<readonly SiteMember[]>(queryKey, (known) => known && change(known));
  };
  const say = (id: string, text: string): void => setRefusals((before) => ({ ...before, [id]: text }));
  const readAgain = (id: string): void => {
    queries.invalidateQueries({ queryKey }).catch(() => undefined);
    if (id === ownId) refreshOwnRoles().catch(() => undefined);
  };

  const role = useMutation({
    mutationFn: ({ member, role: given }: RoleChange) => changeRole(siteId, member.id, given),
    onMutate: async ({ member, role: given }) => {
      say(member.id, '');
      await queries.cancelQueries({ queryKey });
      show((members) => members.map((one) => (one.id === member.id ? { ...one, role: given } : one)));
    },
    onSuccess: (_, { member, role: given }) => notify(`${nameOf(member)} is ${given} now.`),
    onError: (error, { member }) => {
      show((members) => members.map((one) => (one.id === member.id ? { ...one, role: member.role } : one)));
      say(member.id, `Still ${member.role}: ${refusalWords(error)}`);
    },
    onSettled: (_, _error, { member }) => readAgain(member.id),
  });

  const remove = useMutation({
    mutationFn: (member: SiteMember) => removeMember(siteId, member.id),
    onMutate: (member) => say(member.id, ''),
    onSuccess: (_, member) => {
      show((members) => members.filter(({ id }) => id !== member.id));
      notify(`${nameOf(member)} has no role here any more.`);
    },
    onError: (error, member) => say(member.id, `Not removed: ${refusalWords(error)}`),
    onSettled: (_, _error, member) => readAgain(member.id),
  });

  const sendAgain = useMutation({
    mutationFn: ({ email, role: given }: SiteMember) => addMember(siteId, { email, role: given }),
    onMutate: (member) => say(member.id, ''),
    onSuccess: (_, { email }) => notify(`A new invitation is on its way to ${email}.`),
    onError: (error, member) => say(member.id, `Not sent: ${refusalWords(error)}`),
    onSettled: (_, _error, member) => readAgain(member.id),
  });

  return { refusals, changeRole: role.mutate, remove: remove.mutate, sendAgain };
};
export type MemberActs = ReturnType<typeof useMembers>;
