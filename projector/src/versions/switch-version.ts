import { setTimeout as delay } from 'node:timers/promises';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { inTransaction } from '@ims/platform/database/transaction';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Messages } from '@ims/platform/messages/messages';
import type { Logger } from '@ims/platform/observability/logger';
import pg from 'pg';
import { everySite, readVersions, type VersionRow } from './version-rows.ts';

export type SwitchDependencies = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly messages: Pick<Messages, 'publish'>;
  readonly logger: Logger;
  /** How long the version may take to catch up with the one in use; default 30,000. */
  readonly patienceMs?: number;
};

/** `siteId` null: all sites. */
export type Reading = { readonly projection: string; readonly siteId: string | null };

type Active = { readonly version: number; readonly previous: number | null; readonly isOwn: boolean };

/** How long the version in use waits for the other one; readers who wait for what they wrote feel no more than this. */
const holdMs = 500;
const retryMs = 50;

/** What readers use now, and before. */
export const readActive = async (client: pg.Pool | pg.ClientBase, { projection, siteId }: Reading): Promise<Active> => {
  const { rows } = await client.query<Active>(
    `select version, previous, site_id <> $3 as "isOwn" from read.active_versions
     where projection = $1 and site_id in ($2, $3) order by site_id = $3 limit 1`,
    [projection, siteId ?? everySite, everySite],
  );
  return rows[0] ?? { version: 1, previous: null, isOwn: false };
};

const conflict = (message: string): Refusal => refusal('CONFLICT', message);

/** Why nobody may be sent to a version; nothing when it may be used. */
const refuseVersion = (row: VersionRow | undefined, siteId: string | null, epoch: number): Refusal | undefined => {
  if (!row || row.phase === 'dropping') return refusal('RESOURCE_NOT_FOUND', 'There is no such version');
  const name = `Version ${row.version} of ${row.projection}`;
  if (row.phase === 'rebuilding') return conflict(`${name} is still being rebuilt`);
  if (row.epoch !== epoch) return conflict(`${name} belongs to an earlier life of the log: rebuild it`);
  if (row.stopped) return conflict(`${name} has stopped: ${row.lastError ?? 'no reason given'}`);
  if (row.paused) return conflict(`${name} is paused: resume it first`);
  if ((row.differences ?? 0) > 0) return conflict(`${name} differs from the log in ${row.differences} rows`);
  if (row.siteId === null || row.siteId === siteId) return undefined;
  return conflict(`${name} holds the rows of the site ${row.siteId} only`);
};

type Switched = { readonly from: number; readonly position: bigint };

/**
 * Sends readers to a version by one UPDATE. It waits until that version has everything that the one in use has, so that
 * nobody who has seen a change misses it afterwards. Answers a refusal when it cannot be used or does not catch up.
 */
export const switchVersion = async (
  dependencies: SwitchDependencies,
  reading: Reading,
  to: number,
): Promise<Switched | Refusal> => {
  const { pool, log, messages, logger, patienceMs = 30_000 } = dependencies;
  const until = performance.now() + patienceMs;
  for (;;) {
    const [epoch, head] = await Promise.all([log.epoch(), log.headPosition()]);
    const attempt = await inTransaction(pool, (client) => switchOnce(client, { reading, to, epoch, head })).catch(
      notWhileLocked,
    );
    if (attempt !== 'behind') {
      if ('refused' in attempt) return attempt;
      const change = { projection: reading.projection, siteId: reading.siteId, generation: String(head), ids: null };
      messages.publish([change]).catch((error: unknown) => {
        logger.debug({ operation: 'publish', error: String(error) }, 'A switch was not announced');
      });
      return attempt;
    }
    if (performance.now() > until) {
      return conflict(`Version ${to} of ${reading.projection} does not catch up with the version in use`);
    }
    await delay(retryMs);
  }
};

const notWhileLocked = (error: unknown): 'behind' => {
  const contended = error instanceof pg.DatabaseError && (error.code === '55P03' || error.code === '40P01');
  if (contended) return 'behind';
  throw error;
};

type Attempt = { readonly reading: Reading; readonly to: number; readonly epoch: number; readonly head: bigint };

const switchOnce = async (
  client: pg.ClientBase,
  { reading, to, epoch, head }: Attempt,
): Promise<Switched | Refusal | 'behind'> => {
  await client.query(`set local lock_timeout = '2s'`);
  const active = await readActive(client, reading);
  if (active.version === to && (active.isOwn || reading.siteId === null)) {
    return conflict(`Version ${to} of ${reading.projection} is in use already`);
  }
  await lockRow(client, reading.projection, active.version);
  const rows = (await readVersions(client)).filter(({ projection }) => projection === reading.projection);
  const refused = refuseVersion(
    rows.find(({ version }) => version === to),
    reading.siteId,
    epoch,
  );
  if (refused) return refused;
  const old = rows.find(({ version }) => version === active.version);
  const isBroken = !old || old.epoch !== epoch || old.position > head;
  const goal = isBroken ? head : old.position;
  if (!(await catchesUp(client, reading.projection, to, goal))) return 'behind';
  // From here on no batch of either version is under way: the next one finds out who reads it.
  const position = await lockRow(client, reading.projection, to);
  // It was dropped in between: the next attempt says so.
  if (position === undefined) return 'behind';
  await sendReaders(client, reading, to, active);
  await growGenerations(client, reading, position);
  if (isBroken && old) await closeBooks(client, old);
  return { from: active.version, position };
};

const lockRow = async (client: pg.ClientBase, projection: string, version: number): Promise<bigint | undefined> => {
  const { rows } = await client.query<{ position: bigint; phase: string }>(
    'select position, phase from read.projection_checkpoints where projection = $1 and version = $2 for update',
    [projection, version],
  );
  return rows[0]?.phase === 'dropping' ? undefined : rows[0]?.position;
};

const catchesUp = async (
  client: pg.ClientBase,
  projection: string,
  version: number,
  goal: bigint,
): Promise<boolean> => {
  const until = performance.now() + holdMs;
  for (;;) {
    const { rows } = await client.query<{ position: bigint }>(
      'select position from read.projection_checkpoints where projection = $1 and version = $2',
      [projection, version],
    );
    if ((rows[0]?.position ?? 0n) >= goal) return true;
    if (performance.now() > until) return false;
    await delay(10);
  }
};

/** All sites means all: who had a version of their own read the common one from now on. */
const sendReaders = async (
  client: pg.ClientBase,
  { projection, siteId }: Reading,
  to: number,
  active: Active,
): Promise<void> => {
  if (siteId === null) {
    await client.query('delete from read.active_versions where projection = $1 and site_id <> $2', [
      projection,
      everySite,
    ]);
  }
  await client.query(
    `insert into read.active_versions (projection, site_id, version, previous) values ($1, $2, $3, $4)
     on conflict (projection, site_id)
     do update set version = excluded.version, previous = excluded.previous, switched_at = now()`,
    [projection, siteId ?? everySite, to, active.version],
  );
  await client.query(`update read.projection_checkpoints set phase = 'live' where projection = $1 and version = $2`, [
    projection,
    to,
  ]);
};

/** Whoever asks for generations, having missed the message, sees that there is something else to read. */
const growGenerations = async (
  client: pg.ClientBase,
  { projection, siteId }: Reading,
  position: bigint,
): Promise<void> => {
  await client.query(
    `update read.site_generations set generation = greatest(generation + 1, $3)
     where projection = $1 and ($2::uuid is null or site_id = $2)`,
    [projection, siteId, position],
  );
};

/** Its rows tell of events that the log no longer has: nobody may go back to them, and nothing is added to them. */
const closeBooks = async (client: pg.ClientBase, { projection, version }: VersionRow): Promise<void> => {
  await client.query(
    `update read.projection_checkpoints
     set epoch = 0, stopped = true, last_error = 'It holds events that the log no longer has'
     where projection = $1 and version = $2`,
    [projection, version],
  );
};
