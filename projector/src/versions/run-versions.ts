import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Logger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import type { Projection } from '../runner/projection.ts';
import type { RunningProjection } from '../runner/run-projection.ts';
import { isRead, readVersions, type VersionRow } from './version-rows.ts';
import { versionOf } from './versioned-projection.ts';

export type VersionsOptions = {
  readonly pool: pg.Pool;
  readonly log: Pick<EventLog, 'epoch'>;
  /** As the code has them; every version in the books is run as a copy. */
  readonly projections: readonly Projection[];
  readonly logger: Logger;
  readonly run: (projection: Projection, signal: AbortSignal) => RunningProjection;
};

export type RunningVersions = {
  all(): readonly RunningProjection[];
  /** Those that readers use; waits until the books could be read for the first time. */
  read(): Promise<readonly RunningProjection[]>;
  /** Looks into the books now. */
  refresh(): void;
  stop(): Promise<void>;
};

type Held = { readonly running: RunningProjection; readonly stopping: AbortController; row: VersionRow };

const pollMs = 1_000;

/** Runs every version that is filled, readers or not, and follows the books: versions come and go by other processes too. */
export const runVersions = (options: VersionsOptions): RunningVersions => {
  const { logger } = options;
  const stopping = new AbortController();
  const held = new Map<string, Held>();
  let told = new AbortController();
  const first = createFirst();

  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const wait = AbortSignal.any([stopping.signal, told.signal]);
      try {
        await matchBooks(options, held, stopping.signal);
        first.came();
      } catch (error) {
        logger.debug({ operation: 'readVersions', error: String(error) }, 'The versions could not be read');
      }
      await delay(pollMs, undefined, { signal: wait }).catch(() => undefined);
      if (told.signal.aborted) told = new AbortController();
    }
    first.never(new Error('The projector was stopped'));
  };
  const ended = follow();

  return {
    all: () => [...held.values()].map(({ running }) => running),
    read: async () => {
      await first.promise;
      return [...held.values()].filter(({ row }) => isRead(row)).map(({ running }) => running);
    },
    refresh: () => told.abort(),
    stop: async () => {
      stopping.abort();
      await ended;
      await Promise.all([...held.values()].map(({ running }) => running.ended));
    },
  };
};

const createFirst = () => {
  let came = (): void => undefined;
  let never = (_reason: Error): void => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    came = resolve;
    never = reject;
  });
  // Perhaps nobody waits for it.
  promise.catch(() => undefined);
  return { promise, came: () => came(), never: (reason: Error) => never(reason) };
};

const matchBooks = async (
  { pool, log, projections, run }: VersionsOptions,
  held: Map<string, Held>,
  stopped: AbortSignal,
): Promise<void> => {
  const rows = await readBooks(pool, log, projections);
  const wanted = new Map<string, { readonly row: VersionRow; readonly projection: Projection }>();
  for (const row of rows) {
    const template = projections.find(({ name }) => name === row.projection);
    if (!template || (row.phase !== 'live' && row.phase !== 'ready')) continue;
    wanted.set(`${row.projection}/${row.version}`, { row, projection: versionOf(template, row) });
  }
  for (const [key, { stopping }] of held) {
    if (wanted.has(key)) continue;
    stopping.abort();
    held.delete(key);
  }
  if (stopped.aborted) return;
  for (const [key, { row, projection }] of wanted) {
    const known = held.get(key);
    if (known) {
      known.row = row;
      continue;
    }
    const stopping = new AbortController();
    const signal = AbortSignal.any([stopped, stopping.signal]);
    held.set(key, { row, stopping, running: run(projection, signal) });
  }
};

/** The first version of a projection that is new to this database gets its row here. */
const readBooks = async (
  pool: pg.Pool,
  log: Pick<EventLog, 'epoch'>,
  projections: readonly Projection[],
): Promise<readonly VersionRow[]> => {
  const rows = await readVersions(pool);
  const missing = projections.filter(({ name }) => !rows.some(({ projection }) => projection === name));
  if (missing.length === 0) return rows;
  await pool.query(
    `insert into read.projection_checkpoints (projection, version, epoch)
     select name, version, $3 from unnest($1::text[], $2::int[]) as missing (name, version)
     where not exists (select from read.projection_checkpoints where projection = name)
     on conflict do nothing`,
    [missing.map(({ name }) => name), missing.map(({ version }) => version), await log.epoch()],
  );
  return readVersions(pool);
};
