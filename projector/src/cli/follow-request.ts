import { setTimeout as delay } from 'node:timers/promises';
import type { OperationRequest } from '@ims/contracts/operations/api';
import { type RequestRow, requestColumns, toOperationRequest } from '@ims/platform/operations/read-requests';
import type pg from 'pg';
import { readVersions } from '../versions/operations.ts';
import { CliProblem, exitCodes } from './cli-problem.ts';
import type { Advance, ProgressLine } from './progress-line.ts';
import { isAnybodyProjecting } from './read-status.ts';

/** A request and, where it named all projections, the requests it was taken apart into. */
export type Followed = { readonly request: OperationRequest; readonly parts: readonly OperationRequest[] };

const pollMs = 250;
/** So long a request may wait before the person who asked is told why. */
const patienceMs = 10_000;

/**
 * Waits for the end of a request and shows how far it is. Throws a CliProblem when nobody takes it within 10 s and
 * no projector is alive; stops waiting at the signal.
 */
export const followRequest = async (
  pool: pg.Pool,
  id: string,
  { line, signal }: { readonly line: ProgressLine; readonly signal: AbortSignal },
): Promise<Followed> => {
  const asked = Date.now();
  let isWaitExplained = false;
  for (;;) {
    const followed = await readFollowed(pool, id);
    if (followed.request.finishedAt !== null) {
      line.end();
      return followed;
    }
    signal.throwIfAborted();
    if (!isWaitExplained && Date.now() - asked > patienceMs && isWaiting(followed)) {
      await explainWait(pool, line);
      isWaitExplained = true;
    }
    for (const advance of await advances(pool, followed)) line.show(advance);
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
};

const isWaiting = ({ request, parts }: Followed): boolean =>
  parts.length === 0 ? request.state === 'waiting' : parts.every(({ state }) => state === 'waiting');

const explainWait = async (pool: pg.Pool, line: ProgressLine): Promise<void> => {
  if (await isAnybodyProjecting(pool)) {
    line.say('It waits until the projector has finished another operation on the same projection.');
    return;
  }
  line.end();
  throw new CliProblem(
    'No projector is running: nobody has taken the request in 10 s. It stays in the list and is carried out when a projector starts.',
    exitCodes.nobodyThere,
  );
};

const readFollowed = async (pool: pg.Pool, id: string): Promise<Followed> => {
  const { rows } = await pool.query<RequestRow>(
    `select ${requestColumns} from operations.requests where id = $1 or part_of = $1 order by requested_at, id`,
    [id],
  );
  const all = rows.map(toOperationRequest);
  const request = all.find((one) => one.id === id);
  if (!request) throw new CliProblem('The request is gone from the database.', exitCodes.no);
  return { request, parts: all.filter((one) => one.id !== id) };
};

const advances = async (pool: pg.Pool, { request, parts }: Followed): Promise<readonly Advance[]> => {
  const running = [request, ...parts].filter(({ state, projection }) => state === 'running' && projection !== 'all');
  if (request.operation === 'verify') return running.flatMap(verifying);
  if (request.operation !== 'rebuild' || running.length === 0) return [];
  const names = new Set(running.map(({ projection }) => projection));
  return (await readVersions(pool))
    .filter(({ projection, phase, total }) => phase === 'rebuilding' && total > 0 && names.has(projection))
    .map(({ projection, version, paused, processed, total, eventsPerSecond }) => ({
      name: `${projection} v${version}${paused ? ' (paused)' : ''}`,
      done: Math.min(processed, total),
      total,
      eventsPerSecond: paused ? 0 : eventsPerSecond,
    }));
};

/** A verification does not measure its rate: it follows from when it began. */
const verifying = ({ projection, progress, requestedAt }: OperationRequest): readonly Advance[] => {
  if (!progress) return [];
  const seconds = (Date.now() - Date.parse(requestedAt)) / 1_000;
  return [{ name: `${projection} compared`, ...progress, eventsPerSecond: seconds > 0 ? progress.done / seconds : 0 }];
};
