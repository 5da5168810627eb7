import type { InteractionList } from '@ims/contracts/interactions/api';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Query } from '#api/client.ts';
import { fetchInteractions, interactionKeys } from '#api/interactions.ts';
import { useLiveChanges } from '#app/site-context.ts';
import { mergeLive } from './live-rows.ts';

/** Several saves in a row are read once. */
const gatherMs = 300;

const waitingWords = (incoming: number): string => (incoming > 0 ? `${incoming} new – show` : 'Order changed – show');

/** Keeps the page on screen up to date with what others save; `show` brings in the rows that wait. */
export const useLiveRows = (siteId: string, query: Query): { waiting: string; show: () => void } => {
  const queries = useQueryClient();
  const [waiting, setWaiting] = useState<{ fresh: InteractionList; words: string }>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const key = JSON.stringify(query);

  const readNewer = useCallback(async (): Promise<void> => {
    const asked: Query = JSON.parse(key);
    const listKey = interactionKeys.list(siteId, asked);
    if (!queries.getQueryData(listKey)) return;
    const fresh = await fetchInteractions(siteId, asked);
    const shown = queries.getQueryData<InteractionList>(listKey);
    if (!shown) return;
    const { list, incoming } = mergeLive(shown, fresh);
    queries.setQueryData(listKey, list);
    setWaiting(incoming === undefined ? undefined : { fresh, words: waitingWords(incoming) });
  }, [queries, siteId, key]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another query has nothing waiting
  useEffect(() => {
    setWaiting(undefined);
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [key]);

  useLiveChanges((change) => {
    // A hidden window reads its page when it is looked at again.
    if (change.event !== 'interactions' || document.hidden) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      // What cannot be read now is read with the next change, or when the window gets the focus.
      readNewer().catch(() => undefined);
    }, gatherMs);
  });

  const show = useCallback(() => {
    if (waiting) queries.setQueryData(interactionKeys.list(siteId, JSON.parse(key)), waiting.fresh);
    setWaiting(undefined);
  }, [queries, siteId, key, waiting]);
  return { waiting: waiting?.words ?? '', show };
};
