import type { EventLog } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import type { OpenEvents } from '../runner/event-feed.ts';
import type { Projection } from '../runner/projection.ts';
import { inReadSchema } from '../runner/write-rows.ts';
import { plainTables } from './plain-tables.ts';
import { readChunk } from './read-chunks.ts';
import { readActive } from './switch-version.ts';

export type DryRun = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly open: OpenEvents;
  readonly template: Projection;
  readonly siteId: string | null;
};

const sampleMs = 2_000;
const sampleSize = 2_000;

/** What a rebuild would take, in a sentence; changes nothing. */
export const estimateRebuild = async (dry: DryRun): Promise<string> => {
  const { pool, log, template, siteId } = dry;
  const [events, rate, { version }] = await Promise.all([
    log.countAfter(0n, Number.MAX_SAFE_INTEGER),
    sampleRate(dry),
    readActive(pool, { projection: template.name, siteId }),
  ]);
  const bytes = await sizeOf(pool, { ...template, version });
  const time = rate > 0 ? `about ${describeSeconds(events / rate)}` : 'no time';
  const what = siteId === null ? template.name : `${template.name} of the site ${siteId}`;
  return (
    `A rebuild of ${what} would read ${events.toLocaleString('en')} events in ${time}` +
    ` (${Math.round(rate).toLocaleString('en')} a second, by a sample) and need up to ${megabytes(bytes * 2)} of disk` +
    ` while it runs, ${megabytes(bytes)} afterwards. Nothing was changed.`
  );
};

/** Reading, opening and folding costs more than writing does, and writes beside it; a third is taken off for the rest. */
const sampleRate = async ({ log, open, template }: DryRun): Promise<number> => {
  const begun = performance.now();
  const source = { log, open, isWanted: () => true };
  let read = 0;
  for (let after = 0n; performance.now() - begun < sampleMs; ) {
    const chunk = await readChunk(source, after, { size: sampleSize });
    if (chunk.read === 0) break;
    for (const { keyOf, on } of template.tables) {
      for (const event of chunk.events) if (!('unreadable' in event) && on[event.type]) keyOf(event);
    }
    read += chunk.read;
    after = chunk.last;
  }
  return (read / Math.max(performance.now() - begun, 1)) * 1_000 * (2 / 3);
};

const sizeOf = async (pool: pg.Pool, projection: Projection): Promise<number> => {
  const { rows } = await pool.query<{ bytes: string }>(
    `select coalesce(sum(pg_total_relation_size(tree.relid)), 0)::text as bytes
     from unnest($1::text[]) as name
     cross join lateral (
       select relid from pg_partition_tree(to_regclass(name)) where isleaf
       union select to_regclass(name)::oid::regclass) tree`,
    [plainTables(projection).map(inReadSchema(projection.version))],
  );
  return Number(rows[0]?.bytes ?? 0);
};

const megabytes = (bytes: number): string => `${Math.max(1, Math.ceil(bytes / 1_000_000)).toLocaleString('en')} MB`;

const describeSeconds = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return `${Math.round(seconds / 60)} min`;
};
