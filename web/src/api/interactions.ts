import type { BinList, Interaction, InteractionList, InteractionSaved } from '@ims/contracts/interactions/api';
import type { SomeInteractionFields } from '@ims/contracts/interactions/fields';
import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query';
import { api, type Query } from './client.ts';
import { siteKeys } from './sites.ts';

export type InteractionType = { readonly name: string; readonly uses: number; readonly retired: boolean };
type Lookup = 'leads' | 'locations';

export const interactionKeys = {
  all: (siteId: string) => [...siteKeys.all(siteId), 'interactions'] as const,
  lists: (siteId: string) => [...interactionKeys.all(siteId), 'list'] as const,
  list: (siteId: string, query: Query) => [...interactionKeys.lists(siteId), query] as const,
  counts: (siteId: string) => [...interactionKeys.all(siteId), 'count'] as const,
  records: (siteId: string) => [...interactionKeys.all(siteId), 'record'] as const,
  record: (siteId: string, id: string) => [...interactionKeys.records(siteId), id] as const,
  lookups: (siteId: string) => [...interactionKeys.all(siteId), 'lookup'] as const,
  bin: (siteId: string) => [...interactionKeys.all(siteId), 'bin'] as const,
};

export const fetchInteractions = (siteId: string, query: Query, signal?: AbortSignal): Promise<InteractionList> =>
  api.read('/interactions', { siteId, query, signal });

export const listInteractions = (siteId: string, query: Query) =>
  queryOptions({
    queryKey: interactionKeys.list(siteId, query),
    queryFn: ({ signal }) => fetchInteractions(siteId, query, signal),
    placeholderData: keepPreviousData,
  });

export const countInteractions = (siteId: string, query: Query) =>
  queryOptions({
    queryKey: [...interactionKeys.counts(siteId), query],
    queryFn: ({ signal }) =>
      api.read<{ total: number; totalIsExact: boolean }>('/interactions/count', {
        siteId,
        query: { ...query, total: 'capped' },
        signal,
      }),
  });

export const interaction = (siteId: string, id: string) =>
  queryOptions({
    queryKey: interactionKeys.record(siteId, id),
    queryFn: async ({ signal }) =>
      (await api.read<{ interaction: Interaction }>(`/interactions/${id}`, { siteId, signal })).interaction,
  });

export const interactionTypes = (siteId: string) =>
  queryOptions({
    queryKey: [...interactionKeys.lookups(siteId), 'types'],
    queryFn: async ({ signal }) =>
      (await api.read<{ types: InteractionType[] }>('/interactions/types', { siteId, signal })).types,
    staleTime: 300_000,
  });

const lookup = (kind: Lookup) => (siteId: string, prefix: string) =>
  queryOptions({
    queryKey: [...interactionKeys.lookups(siteId), kind, prefix],
    queryFn: async ({ signal }) =>
      (
        await api.read<Partial<Record<Lookup, string[]>>>(`/interactions/${kind}`, {
          siteId,
          query: { prefix },
          signal,
        })
      )[kind] ?? [],
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
export const leads = lookup('leads');
export const locations = lookup('locations');

export const listBin = (siteId: string, page: number) =>
  queryOptions({
    queryKey: [...interactionKeys.bin(siteId), page],
    queryFn: ({ signal }) => api.read<BinList>('/interactions/bin', { siteId, query: { page }, signal }),
    placeholderData: keepPreviousData,
  });

export type NewInteraction = SomeInteractionFields & { readonly status?: 'draft' };
type Change = { readonly revision?: number | undefined; readonly key?: string };

export const createInteraction = (siteId: string, body: NewInteraction, key: string): Promise<InteractionSaved> =>
  api.command('POST', '/interactions', { siteId, body, key });

export const updateInteraction = (siteId: string, id: string, body: SomeInteractionFields, change: Change) =>
  api.command<InteractionSaved>('PATCH', `/interactions/${id}`, { siteId, body, ...change });

export const replaceInteraction = (siteId: string, id: string, body: SomeInteractionFields, change: Change) =>
  api.command<InteractionSaved>('PUT', `/interactions/${id}`, { siteId, body, ...change });

export const changeStatus = (siteId: string, id: string, status: InteractionStatus, change: Change = {}) =>
  api.command<InteractionSaved>('POST', `/interactions/${id}/status`, { siteId, body: { status }, ...change });

export const deleteInteraction = (siteId: string, id: string, revision?: number): Promise<{ success: true }> =>
  api.command('DELETE', `/interactions/${id}`, { siteId, revision });

export const restoreInteraction = (siteId: string, id: string): Promise<InteractionSaved> =>
  api.command('POST', `/interactions/${id}/restore`, { siteId });

/** Shows what a command answered at once, and reads again whatever else it may have changed. */
export const showSaved = async (client: QueryClient, siteId: string, saved: Interaction): Promise<void> => {
  client.setQueryData(interactionKeys.record(siteId, saved.id), saved);
  client.setQueriesData<InteractionList>(
    { queryKey: interactionKeys.lists(siteId) },
    (list) => list && withRow(list, saved),
  );
  await refreshAfterCommand(client, siteId, saved.id);
};

/** After a record has gone to the bin or come back from it. */
export const showMoved = async (client: QueryClient, siteId: string, id: string): Promise<void> => {
  client.removeQueries({ queryKey: interactionKeys.record(siteId, id) });
  await refreshAfterCommand(client, siteId, id);
};

const refreshAfterCommand = async (client: QueryClient, siteId: string, id: string): Promise<void> => {
  const isOfThisRecord = (key: readonly unknown[]): boolean => key.includes('record') && key.includes(id);
  await client.invalidateQueries({
    queryKey: interactionKeys.all(siteId),
    predicate: ({ queryKey }) => !isOfThisRecord(queryKey),
  });
};

/** The list with one of its rows replaced by a newer revision; the same list where there is nothing newer. */
export const withRow = (list: InteractionList, row: Interaction): InteractionList =>
  list.interactions.some(({ id, revision }) => id === row.id && revision < row.revision)
    ? { ...list, interactions: list.interactions.map((shown) => (shown.id === row.id ? row : shown)) }
    : list;
