import { randomUUID } from 'node:crypto';
import { createPool } from '@ims/platform/database/pool';
import { eventIdFor } from '@ims/platform/event-log/derived-ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { securityMigrations } from '@ims/platform/security-events/migrations';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authMigrations } from '../auth/migrations.ts';
import { createReservations, type Holder, type Name, type Reservations } from './reservations.ts';

let database: TestDatabase;
let pool: pg.Pool;
let log: EventLog;
let reservations: Reservations;

beforeAll(async () => {
  database = await createTestDatabase([...eventLogMigrations, ...securityMigrations, ...authMigrations]);
  pool = createPool({ url: database.url('ims_command'), applicationName: 'test', pipeline: true });
  log = createPostgresEventLog({ url: database.url('ims_command') });
  reservations = createReservations({ pool, log });
});
afterAll(async () => {
  await log?.close();
  await pool?.end();
  await database?.drop();
});
beforeEach(() => pool.query('delete from write_side.reservations'));

const holder = (stream = `user-${randomUUID()}`): Holder => ({ stream, commandId: randomUUID(), requestHash: 'asked' });
const username = (name: string): Name => ({ kind: 'username', name });
const maria = username('Maria');

/** The command's event gets into the log. */
const record = async ({ stream, commandId, requestHash }: Holder, type = 'UserUpdated'): Promise<void> => {
  const metadata = {
    eventId: eventIdFor(commandId, 0),
    commandId,
    requestHash,
    occurredAt: '2026-11-21T10:00:00.000Z',
    actorId: commandId,
    correlationId: 'test',
    causationId: commandId,
  };
  const events = [{ type, schemaVersion: 1, data: '{}', metadata }];
  await log.append({ stream, expectedRevision: 'any', commandId, events, newKeys: [] });
};
const aMinuteLater = () =>
  pool.query(`update write_side.reservations set created_at = created_at - interval '61 seconds'`);
const rows = async () => {
  const { rows: found } = await pool.query<{ key: string; stream: string; state: string }>(
    'select key, stream, state from write_side.reservations order by key',
  );
  return found;
};
const takes = async (by: Holder, ...names: Name[]): Promise<void> => {
  expect(await reservations.reserve(names, by)).toBeUndefined();
  await record(by);
  await reservations.confirm(names, by);
};

describe('a name', () => {
  it('belongs to the one who asked first, in whatever spelling', async () => {
    const [first, second] = [holder(), holder()];
    await takes(first, maria);
    expect(await reservations.reserve([username('second'), username('MARIA ')], second)).toEqual(username('MARIA '));
    expect(await rows()).toEqual([{ key: 'maria', stream: first.stream, state: 'confirmed' }]);
    expect(await reservations.findStream(username('maria'))).toBe(first.stream);
  });

  it('goes to one of many who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => reservations.reserve([maria], holder())));
    expect(answers.filter((taken) => taken === undefined)).toHaveLength(1);
  });

  it('is free again when its command was refused', async () => {
    const refused = holder();
    await reservations.reserve([maria], refused);
    await reservations.release(refused);
    await takes(holder(), maria);
  });
});

describe('a command that died', () => {
  it('before its events holds its name for a minute', async () => {
    const [dead, next] = [holder(), holder()];
    await reservations.reserve([maria], dead);
    expect(await reservations.reserve([maria], next)).toEqual(maria);
    await aMinuteLater();
    await takes(next, maria);
    expect(await rows()).toEqual([{ key: 'maria', stream: next.stream, state: 'confirmed' }]);
  });

  it('after its events has its name for good, found out by the next who asks', async () => {
    const [dead, next] = [holder(), holder()];
    await reservations.reserve([maria], dead);
    await record(dead);
    expect(await reservations.reserve([maria], next)).toEqual(maria);
    expect(await rows()).toEqual([{ key: 'maria', stream: dead.stream, state: 'confirmed' }]);
    await aMinuteLater();
    expect(await reservations.reserve([maria], next)).toEqual(maria);
  });

  it('has its name for good also where an older version wrote the name’s key in another form', async () => {
    const [dead, next] = [holder(), holder()];
    await reservations.reserve([username('\u0130\u0327')], dead);
    // Lower case, and not brought to one form once more.
    await pool.query(`update write_side.reservations set key = $1`, ['i\u0307\u0327']);
    await record(dead);
    await reservations.settleOld();
    await aMinuteLater();
    await reservations.settleOld();
    expect((await rows()).filter(({ state }) => state === 'pending')).toEqual([]);
    expect(await reservations.reserve([username('\u0130\u0327')], next)).toEqual(username('\u0130\u0327'));
  });

  it('goes on with its name when it is asked again', async () => {
    const again = holder();
    await reservations.reserve([maria], again);
    await aMinuteLater();
    await takes(again, maria);
  });

  it('is not somebody else who uses the same idempotency key for another request', async () => {
    const first = holder();
    await reservations.reserve([maria], first);
    expect(await reservations.reserve([maria], { ...first, requestHash: 'other' })).toEqual(maria);
  });

  it('is settled without anybody asking, and only after its minute', async () => {
    const [died, lived, young] = [holder(), holder(), holder()];
    await reservations.reserve([username('died')], died);
    await reservations.reserve([username('lived')], lived);
    await record(lived);
    await aMinuteLater();
    await reservations.reserve([username('young')], young);
    expect(await reservations.settleOld()).toBe(2);
    expect(await rows()).toEqual([
      { key: 'lived', stream: lived.stream, state: 'confirmed' },
      { key: 'young', stream: young.stream, state: 'pending' },
    ]);
  });
});

describe('a name whose stream gave it up in the log', () => {
  const withdraw = (stream: string) => record(holder(stream), 'UserInvitationWithdrawn');

  it('is free, and one that the stream takes later is its own', async () => {
    const first = holder();
    await takes(first, maria);
    await withdraw(first.stream);
    await reservations.letGo(first.stream);
    expect(await rows()).toEqual([]);
    await takes(holder(first.stream), maria);
    await reservations.letGo(first.stream);
    expect((await rows()).map(({ stream }) => stream)).toEqual([first.stream]);
  });

  it('goes to the next who asks although a death came before it was freed', async () => {
    const first = holder();
    await takes(first, maria);
    await withdraw(first.stream);
    await takes(holder(), maria);
  });
});

describe('a name in the place of another', () => {
  it('frees the old one, and leaves names of another kind alone', async () => {
    const first = holder();
    await takes(first, maria, { kind: 'email', name: 'maria@example.org' });
    await takes(holder(first.stream), username('maria.silva'));
    expect((await rows()).map(({ key }) => key)).toEqual(['maria.silva', 'maria@example.org']);
    await takes(holder(), maria);
  });

  it('may be the same in another spelling', async () => {
    const first = holder();
    await takes(first, maria);
    await takes(holder(first.stream), username('MARIA'));
    expect(await rows()).toEqual([{ key: 'maria', stream: first.stream, state: 'confirmed' }]);
  });

  it('frees the old one although its command died before saying so', async () => {
    const first = holder();
    await takes(first, maria);
    const renames = holder(first.stream);
    await reservations.reserve([username('silva')], renames);
    await record(renames);
    await aMinuteLater();
    await reservations.settleOld();
    expect((await rows()).map(({ key }) => key)).toEqual(['silva']);
  });

  it('is the one that happened last, in whatever order changes are confirmed', async () => {
    const first = holder();
    await takes(first, maria);
    const [earlier, later] = [holder(first.stream), holder(first.stream)];
    await reservations.reserve([username('earlier')], earlier);
    await reservations.reserve([username('later')], later);
    await record(earlier);
    await record(later);
    await reservations.confirm([username('later')], later);
    await reservations.confirm([username('earlier')], earlier);
    expect((await rows()).map(({ key }) => key)).toEqual(['later']);
  });

  it('comes back when its row was settled away while its command took long', async () => {
    const slow = holder();
    await reservations.reserve([maria], slow);
    await pool.query('delete from write_side.reservations');
    await record(slow);
    await reservations.confirm([maria], slow);
    expect(await rows()).toEqual([{ key: 'maria', stream: slow.stream, state: 'confirmed' }]);
  });

  it('is not lost when a command finds nothing to do', async () => {
    const first = holder();
    await takes(first, maria);
    const idle = holder(first.stream);
    expect(await reservations.reserve([maria], idle)).toBeUndefined();
    await reservations.confirm([maria], idle);
    await reservations.release(idle);
    expect(await rows()).toEqual([{ key: 'maria', stream: first.stream, state: 'confirmed' }]);
  });
});
