import type pg from 'pg';
import { Fenced } from '../runner/checkpoints.ts';
import type { Projection } from '../runner/projection.ts';
import type { Chunk } from './read-chunks.ts';

/** Thrown when a version under construction was dropped: there is nothing left to build. */
export class VersionDropped extends Error {
  override readonly name = 'VersionDropped';
}

export type BuildState = {
  readonly position: bigint;
  readonly paused: boolean;
  readonly throttle: number | null;
  readonly processed: number;
  readonly total: number;
};

type Stored = Omit<BuildState, 'processed' | 'total'> & {
  readonly processed: bigint;
  readonly total: bigint;
  readonly phase: string;
};

const readBook = async (
  client: pg.ClientBase | pg.Pool,
  { name, version }: Projection,
  lock: '' | 'for update',
): Promise<BuildState> => {
  const { rows } = await client.query<Stored>(
    `select position, paused, throttle, processed, total, phase from read.projection_checkpoints
     where projection = $1 and version = $2 ${lock}`,
    [name, version],
  );
  const [row] = rows;
  if (row?.phase !== 'rebuilding') throw new VersionDropped(`Version ${version} of ${name} is gone`);
  return { ...row, processed: Number(row.processed), total: Number(row.total) };
};

/** Throws VersionDropped when it is not under construction any more. */
export const readBuild = (pool: pg.Pool, projection: Projection): Promise<BuildState> => readBook(pool, projection, '');

/** Holds the row until the transaction ends. Throws Fenced when another has written since `position` was known. */
export const lockBuild = async (client: pg.ClientBase, projection: Projection, position: bigint): Promise<void> => {
  const state = await readBook(client, projection, 'for update');
  if (state.position === position) return;
  throw new Fenced(`Another projector builds the projection ${projection.name} version ${projection.version}`);
};

export const advanceBuild = async (
  client: pg.ClientBase,
  { name, version }: Projection,
  { last, read, lastAt }: Pick<Chunk, 'last' | 'read' | 'lastAt'>,
  eventsPerSecond: number,
): Promise<void> => {
  await client.query(
    `update read.projection_checkpoints
     set position = $3, processed = processed + $4, events_per_second = $5, last_event_at = $6, reported_at = now()
     where projection = $1 and version = $2`,
    [name, version, last, read, eventsPerSecond, lastAt ?? null],
  );
};

/** What the row carries when an operator has to look after it. */
export const stopBuild = async (pool: pg.Pool, { name, version }: Projection, reason: string): Promise<void> => {
  await pool.query(
    `update read.projection_checkpoints set stopped = true, last_error = $3, reported_at = now()
     where projection = $1 and version = $2`,
    [name, version, reason],
  );
};

/** Throws VersionDropped when an operator dropped it meanwhile. */
export const completeBuild = async (client: pg.ClientBase, { name, version }: Projection): Promise<void> => {
  const { rowCount } = await client.query(
    `update read.projection_checkpoints
     set phase = 'ready', built_at = now(), stopped = false, last_error = null, events_per_second = 0
     where projection = $1 and version = $2 and phase = 'rebuilding'`,
    [name, version],
  );
  if (rowCount === 0) throw new VersionDropped(`Version ${version} of ${name} is gone`);
};
