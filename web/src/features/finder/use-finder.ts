import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { listInteractions } from '#api/interactions.ts';
import { site } from '#api/sites.ts';
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

/** How many rows a page has: as this person chose, else as the site's administrator did. */
const usePageSize = (siteId: string, userId: string) => {
  const [chosen, rememberSize] = useRemembered<PageSize | null>(`finder.size.${userId}`, null);
  const settings = useQuery({ ...site(siteId), enabled: chosen === null });
  const usualSize = chosen ?? settings.data?.settings.defaultPageSize ?? 25;
  return { usualSize, rememberSize, isSizeKnown: chosen !== null || !settings.isPending };
};

/** What the Finder shows and how it is changed: address, page of rows, live changes, and what is said aloud. */
export const useFinder = () => {
  const { siteId, user } = useSite();
  const address = useFinderAddress();
  const { usualSize, rememberSize, isSizeKnown } = usePageSize(siteId, user.id);
  const asked = useMemo(() => apiQuery(address.query, usualSize, viewerZone()), [address.query, usualSize]);
  const isReady = isSizeKnown || address.query.pageSize !== undefined;
  const result = useQuery({ ...listInteractions(siteId, asked), enabled: isReady });
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
