import type { Site } from '@ims/contracts/sites/api';
import { useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { interactionKeys, interactionTypes } from '#api/interactions.ts';
import { readSite, replaceTypes, site as siteQuery } from '#api/sites.ts';
import { notify } from '#ui/notices.ts';
import { refusalWords } from '#ui/refusal.tsx';
import type { TypesChange } from './type-list.ts';

type Asked = {
  readonly change: TypesChange;
  /** What is said when it is done; nothing where the list itself shows it. */
  readonly said?: string;
  readonly undo?: TypesChange;
};

const shownAfter = (site: Site, change: TypesChange): Site => {
  const after = change(site.interactionTypes);
  if ('problem' in after) return site;
  const left = site.interactionTypes.filter((one) => !after.types.includes(one));
  const retired = new Set([...site.retiredTypes, ...left]);
  return {
    ...site,
    interactionTypes: [...after.types],
    retiredTypes: [...retired].filter((one) => !after.types.includes(one)),
  };
};

/**
 * Changes the types one after the other. The whole list is what the server takes, so each change is made on the list
 * as it stands now: what a colleague has added meanwhile stays.
 */
export const useTypes = (site: Site) => {
  const queries = useQueryClient();
  const { queryKey } = siteQuery(site.id);
  const mutationKey = [...queryKey, 'types'];
  const changing = useMutation({
    mutationKey,
    scope: { id: mutationKey.join(' ') },
    mutationFn: async ({ change }: Asked) => {
      const after = change((await readSite(site.id)).interactionTypes);
      if ('problem' in after) throw new TypesProblem(after.problem);
      await replaceTypes(site.id, after.types);
    },
    onMutate: async ({ change }) => {
      await queries.cancelQueries({ queryKey });
      queries.setQueryData<Site>(queryKey, (known) => known && shownAfter(known, change));
    },
    onSuccess: (_, { said, undo }) => {
      if (!said) return;
      notify(said, undo ? { action: { label: 'Undo', run: () => changing.mutate({ change: undo }) } } : {});
    },
    onSettled: async () => {
      // Others still wait their turn: what they have changed shows already and must stay.
      if (queries.isMutating({ mutationKey }) > 1) return;
      await queries.invalidateQueries({ queryKey });
      await queries.invalidateQueries({ queryKey: interactionKeys.lookups(site.id) });
    },
  });
  const problem = changing.error ? problemWords(changing.error) : '';
  return { change: changing.mutate, problem, isSaving: useIsMutating({ mutationKey }) > 0 };
};

class TypesProblem extends Error {}

const problemWords = (error: Error): string =>
  error instanceof TypesProblem ? `Not changed: ${error.message}.` : `Not changed: ${refusalWords(error)}`;

/** How many interactions have a type, where the person may read them. */
export const useUses = (siteId: string, mayRead: boolean): ReadonlyMap<string, number> => {
  const types = useQuery({ ...interactionTypes(siteId), staleTime: 0, enabled: mayRead }).data ?? [];
  return new Map(types.map(({ name, uses }) => [name, uses]));
};
