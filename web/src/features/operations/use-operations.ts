import type { OperationRequest, ProjectionList, ProjectionOperationBody } from '@ims/contracts/operations/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  askDeadLetter,
  askProjection,
  deadLetters,
  operationKeys,
  operationRequests,
  type ProjectionOperation,
  projections,
} from '#api/operations.ts';
import { announce, notify } from '#ui/notices.ts';
import { askedWords } from './operation-words.ts';

const busyMs = 1_000;
const calmMs = 5_000;

export type Ask =
  | { readonly operation: ProjectionOperation; readonly projection: string; readonly body: ProjectionOperationBody }
  | { readonly operation: 'retry' | 'skip'; readonly deadLetterId: string };

export const isOver = ({ state }: Pick<OperationRequest, 'state'>): boolean =>
  state === 'done' || state === 'refused' || state === 'failed';

/** True while something is under way whose progress a person follows. */
export const isSomethingRunning = (
  list: Pick<ProjectionList, 'projections'> | undefined,
  requests: readonly OperationRequest[] | undefined,
): boolean =>
  requests?.some((request) => !isOver(request)) === true ||
  list?.projections.some(({ versions }) => versions.some(({ state }) => state === 'rebuilding')) === true;

const send = (asked: Ask): Promise<OperationRequest> =>
  'deadLetterId' in asked
    ? askDeadLetter(asked.operation, asked.deadLetterId)
    : askProjection(asked.operation, asked.projection, asked.body);

/** Says once what became of what was asked on this page. */
const useOutcomes = (requests: readonly OperationRequest[] | undefined) => {
  const followed = useRef(new Set<string>());
  useEffect(() => {
    for (const request of requests ?? []) {
      if (!isOver(request) || !followed.current.delete(request.id)) continue;
      const tone = { done: 'plain', refused: 'warning', failed: 'danger' } as const;
      const isGood = request.state === 'done';
      notify(`${askedWords(request)}: ${isGood ? 'done' : request.state}.`, {
        tone: tone[request.state as keyof typeof tone],
      });
    }
  }, [requests]);
  return useCallback((id: string) => void followed.current.add(id), []);
};

/** The projections, dead letters and requests, read again each second while something runs, else every five. */
export const useOperations = () => {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const refetchInterval = isBusy ? busyMs : calmMs;
  const list = useQuery({ ...projections(), refetchInterval });
  const letters = useQuery({ ...deadLetters(), refetchInterval });
  const requests = useQuery({ ...operationRequests(), refetchInterval });
  const isRunning = isSomethingRunning(list.data, requests.data);
  const { refetch } = list;
  useEffect(() => {
    setBusy(isRunning);
    // What has just ended shows at once, not at the next calm look.
    if (!isRunning) refetch().catch(() => undefined);
  }, [isRunning, refetch]);
  const follow = useOutcomes(requests.data);
  const asking = useMutation({
    mutationFn: send,
    onSuccess: async (request) => {
      follow(request.id);
      announce(`Asked: ${askedWords(request)}`);
      queries.setQueryData<readonly OperationRequest[]>(operationKeys.requests, (known = []) => [
        request,
        ...known.filter(({ id }) => id !== request.id),
      ]);
      await queries.invalidateQueries({ queryKey: operationKeys.all });
    },
    onError: (error) => notify(`Not asked: ${error.message}`, { tone: 'danger' }),
  });
  const { mutate } = asking;
  return { list, letters, requests, ask: mutate, isAsking: asking.isPending };
};
