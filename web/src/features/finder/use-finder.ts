import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { listInteractions } from '#api/interactions.ts';
import { useSite } from '#app/site-context.ts';
import { useLongerThan } from '#ui/data-state.tsx';
import { viewerZone } from '#ui/date-words.ts';
import { announce, notify } from '#ui/notices.ts';
import { useRemembered } from '#ui/remembered.ts';
import { totalWords } from './filter-chips.tsx';
import { apiQuery, type FinderQuery, type PageSize, readFinderUrl, writeFinderUrl } from './finder-url.ts';
import { useLiveRows } from './use-live-rows.ts';

/** The address as the Finder's state. `change` keeps whatever panel is open. */
const useFinderAddress = () => {
  const { search, pathname } = useLocation();
  const navigate = useNavigate();
  const { query, dropped } = useMemo(() => readFinderUrl(new URLSearchParams(search)), [search]);
  const change = useCallback(
    (next: FinderQuery, how: 'step' | 'replace' = 'step') => {
      void navigate({ search: writeFinderUrl(next).toString() }, { replace: how === 'replace' });
    },
    [navigate],
  );
  const unknown = dropped.join(', ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each address that has unknown parts
  useEffect(() => {
    if (!unknown) return;
    notify(`Left out of this link, because they are not known here: ${unknown}.`, { tone: 'warning' });
    change(query, 'replace');
  }, [unknown]);
  return { query, change, search, pathname };
};

/** What the Finder shows and how it is changed: address, page of rows, live changes, and what is said aloud. */
export const useFinder = () => {
  const { siteId, user } = useSite();
  const address = useFinderAddress();
  const [usualSize, rememberSize] = useRemembered<PageSize>(`finder.size.${user.id}`, 25);
  const asked = useMemo(() => apiQuery(address.query, usualSize, viewerZone()), [address.query, usualSize]);
  const result = useQuery(listInteractions(siteId, asked));
  const live = useLiveRows(siteId, asked);
  const isCatchingUp = useLongerThan(result.isFetching && result.isPlaceholderData);
  const isFirstLoad = useLongerThan(result.isPending);
  const list = result.data;
  const counted = list && !result.isPlaceholderData ? totalWords(list) : undefined;
  useEffect(() => {
    if (counted !== undefined) announce(`${counted} ${counted === '1' ? 'interaction' : 'interactions'}`);
  }, [counted]);
  return { ...address, list, live, result, usualSize, rememberSize, isCatchingUp, isFirstLoad };
};
export type Finder = ReturnType<typeof useFinder>;
