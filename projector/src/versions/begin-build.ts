import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Logger } from '@ims/platform/observability/logger';
import pg from 'pg';
import type { Projection } from '../runner/projection.ts';
import { dropVersion, markDropping } from './drop-version.ts';
import { inOwnersTransaction, type Owner } from './owner-connection.ts';
import { createStaging, dropStaging } from './staging.ts';
import { isRead, readVersions, type VersionRow } from './version-rows.ts';
import { type VersionSchema, versionSchemaOf } from './version-schema.ts';
import { versionOf } from './versioned-projection.ts';

export type Build = {
  readonly pool: pg.Pool;
  readonly owner: Owner;
  readonly log: EventLog;
  readonly template: Projection;
  readonly logger: Logger;
};

export const schemaOf = ({ name }: Pick<Projection, 'name'>): VersionSchema => {
  const schema = versionSchemaOf(name);
  if (!schema) throw new Error(`Nobody knows how to make the tables of ${name}.`);
  return schema;
};

export const versionsOf = async (pool: pg.Pool, projection: string): Promise<readonly VersionRow[]> =>
  (await readVersions(pool)).filter((row) => row.projection === projection);

/**
 * Everybody's rows that nobody reads and nobody would go back to; `asked`: only what an operator wants dropped. What
 * resists is left for the next time.
 */
export const dropUnused = async ({ pool, owner, template, logger }: Build, which: 'asked' | 'all'): Promise<void> => {
  for (const row of await versionsOf(pool, template.name)) {
    const isAsked = row.phase === 'dropping';
    if (isRead(row) || (!isAsked && (which === 'asked' || row.isPrevious))) continue;
    if ((await markDropping(pool, template.name, row.version)) !== undefined) continue;
    await dropVersion(owner, template, row).catch((error: unknown) => {
      if (!isInTheWay(error)) throw error;
      const about = { operation: 'drop', projection: template.name, version: row.version };
      logger.warn({ ...about, error: String(error) }, 'A version that nobody reads could not be dropped');
    });
  }
};

/** Somebody reads it for a very long time (55P03, 40P01), or somebody's own table or view hangs on it (2BP01). */
const isInTheWay = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && ['55P03', '40P01', '2BP01'].includes(error.code ?? '');

/** Events to be read: the log is asked for those that the version in use has not counted. */
const countEvents = async ({ pool, log, template }: Build): Promise<number> => {
  const epoch = await log.epoch();
  const counted = (await versionsOf(pool, template.name)).find(
    (row) => row.readBy === 'all' && row.epoch === epoch && row.processed > 0 && !row.stopped,
  );
  const { position = 0n, processed = 0 } = counted ?? {};
  return processed + (await log.countAfter(position, Number.MAX_SAFE_INTEGER));
};

export type Wish = { readonly siteId: string | null; readonly throttle: number | null };

/** Tables and a row in the books for the next version, all or nothing. Answers its number. */
export const beginBuild = async (build: Build, { siteId, throttle }: Wish): Promise<number> => {
  const { owner, log, template, pool } = build;
  const [epoch, total, versions] = await Promise.all([
    log.epoch(),
    countEvents(build),
    versionsOf(pool, template.name),
  ]);
  const version = Math.max(0, ...versions.map((row) => row.version)) + 1;
  await inOwnersTransaction(owner, async () => {
    await owner.client.query(
      `insert into read.projection_checkpoints (projection, version, phase, epoch, site_id, throttle, total, reported_at)
       values ($1, $2, 'rebuilding', $3, $4, $5, $6, now())`,
      [template.name, version, epoch, siteId, throttle, total],
    );
    await createTables(owner, versionOf(template, { version, siteId }));
  });
  return version;
};

const createTables = async (owner: Owner, projection: Projection): Promise<void> => {
  await owner.client.query(schemaOf(projection).tables(projection.version));
  await createStaging(owner, projection);
};

/** After a crash of PostgreSQL under the build: what was staged is lost, so everything comes once more. */
export const beginAgain = async (owner: Owner, projection: Projection): Promise<void> => {
  const which = [projection.name, projection.version];
  await inOwnersTransaction(owner, async () => {
    await owner.client.query(schemaOf(projection).drop(projection.version));
    await dropStaging(owner, projection);
    await createTables(owner, projection);
    await owner.client.query('delete from read.dead_letters where projection = $1 and version = $2', which);
    await owner.client.query(
      `update read.projection_checkpoints set position = 0, processed = 0, events_per_second = 0
       where projection = $1 and version = $2`,
      which,
    );
  });
};
