import { randomUUID } from 'node:crypto';
import { createPool } from '@ims/platform/database/pool';
import { eventIdFor, timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import type { Append, EventLog } from '@ims/platform/event-log/event-log';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import type pg from 'pg';
import type { BenchDatabase } from '../bench-database.ts';
import type { BenchOptions } from '../bench-options.ts';
import { type Comparison, interleave } from '../comparison.ts';

const actorId = timeOrderedUuid();
/** As long as the sealed data of an ordinary interaction. */
const data = JSON.stringify({ type: 'Meeting', status: 'complete', sealed: randomUUID().repeat(18) });

const nextAppend = (): Append => {
  const commandId = timeOrderedUuid();
  const metadata = {
    eventId: eventIdFor(commandId, 0),
    commandId,
    requestHash: 'bench',
    occurredAt: new Date().toISOString(),
    actorId,
    correlationId: commandId,
    causationId: commandId,
  };
  const events = [{ type: 'InteractionCreated', schemaVersion: 1, data, metadata }];
  return { stream: `interaction-${commandId}`, expectedRevision: 'no-stream', commandId, events, newKeys: [] };
};

/** Clients that append again as soon as their last append is durable; returns appends per second. */
const appendRate = async (
  append: (append: Append) => Promise<unknown>,
  clients: number,
  milliseconds: number,
): Promise<number> => {
  const begun = performance.now();
  let appends = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - begun < milliseconds) {
      await append(nextAppend());
      appends += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (appends * 1_000) / (performance.now() - begun);
};

const throughLog = (log: EventLog) => async (append: Append) => {
  const { outcome } = await log.append(append);
  if (outcome !== 'appended') throw new Error(`An append ended in ${outcome}.`);
};

const byHand = (pool: pg.Pool, name: string, text: string) => (append: Append) => {
  const [event] = append.events;
  return pool.query({
    name,
    text,
    values: [append.stream, 0, event?.type, event?.data, JSON.stringify(event?.metadata)],
  });
};

const plainInsert = `insert into floor.events (stream, revision, event_type, data, metadata)
  values ($1, $2, $3, $4, $5)`;
const lockedInsert = 'select floor.append($1, $2, $3, $4, $5)';

export const measureAppends = async (
  database: BenchDatabase,
  { rounds, slotMs }: BenchOptions,
): Promise<Comparison[]> => {
  const log = createPostgresEventLog({ url: database.as('ims_command') });
  const pool = createPool({ url: database.url, applicationName: 'ims-bench-floor', max: 16 });
  const compare = async (clients: number, floor: (append: Append) => Promise<unknown>) =>
    interleave(
      {
        floor: () => appendRate(floor, clients, slotMs),
        product: () => appendRate(throughLog(log), clients, slotMs),
      },
      rounds,
    );
  const one = await compare(1, byHand(pool, 'plain', plainInsert));
  const sixteen = await compare(16, byHand(pool, 'locked', lockedInsert));
  await log.close();
  await pool.end();
  return [
    { what: 'Append, 1 client', against: 'plain INSERT + COMMIT, no lock', unit: 'per s', ...one },
    {
      what: 'Append, 16 clients',
      against: 'locked append, unbatched',
      unit: 'per s',
      ...sixteen,
      goal: { at: 'least', times: 3 },
    },
  ];
};
