import type { SystemRole } from '@ims/contracts/permissions';
import type { User } from '@ims/contracts/users/api';
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import { api } from './client.ts';

export type NewUser = {
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly timezone: string;
  /** Without it a link to choose one is mailed. */
  readonly password?: string;
};
export type UserChange = Partial<Omit<NewUser, 'password'>>;
export type UserAction = 'deactivate' | 'reactivate' | 'unlock' | 'send-reset';
type UserPage = { readonly users: readonly User[]; readonly nextCursor: string | null };

const all = ['users'] as const;
export const userKeys = {
  all,
  lists: [...all, 'list'] as const,
  user: (id: string) => [...all, 'user', id] as const,
};

/** Users whose name, username or e-mail begins with the words, a page at a time. */
export const listUsers = (search: string) =>
  infiniteQueryOptions({
    queryKey: [...userKeys.lists, search],
    queryFn: ({ pageParam, signal }) =>
      api.read<UserPage>('/users', { query: { search: search || undefined, cursor: pageParam || undefined }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

export const user = (id: string) =>
  queryOptions({
    queryKey: userKeys.user(id),
    queryFn: async ({ signal }) => (await api.read<{ user: User }>(`/users/${id}`, { signal })).user,
    staleTime: 0,
  });

export const createUser = async (body: NewUser): Promise<User> =>
  (await api.command<{ user: User }>('POST', '/users', { body })).user;

export const updateUser = (id: string, body: UserChange): Promise<unknown> =>
  api.command('PATCH', `/users/${id}`, { body });

export const replaceSystemRoles = (id: string, roles: readonly SystemRole[]): Promise<unknown> =>
  api.command('PUT', `/users/${id}/system-roles`, { body: { roles } });

export const actOnUser = (id: string, action: UserAction): Promise<unknown> =>
  api.command('POST', `/users/${id}/${action}`);

/** Reads again what a command may have changed of people. */
export const refreshUsers = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: userKeys.all });

/** Shows that a lock has ended: the lists hear of it a moment later than the sign-in itself. */
export const showUnlocked = (client: QueryClient, id: string): void => {
  const unlocked = (one: User): User => (one.id === id ? { ...one, lockedUntil: null } : one);
  client.setQueryData<User>(userKeys.user(id), (known) => known && unlocked(known));
  client.setQueriesData<InfiniteData<UserPage>>(
    { queryKey: userKeys.lists },
    (known) => known && { ...known, pages: known.pages.map((page) => ({ ...page, users: page.users.map(unlocked) })) },
  );
};
