import { randomUUID } from 'node:crypto';
import type { InteractionCreated } from '@ims/contracts/interactions/events';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testMasterKey } from '../testing/test-master-key.ts';
import { type Codec, createCodec, type EventsToSeal, UnreadableEvent } from './codec.ts';
import { createInMemoryEventLog } from './in-memory-event-log.ts';
import { type KeyStore, SubjectErased } from './keys.ts';
import { masterKeyFromBytes } from './master-key.ts';

const actorId = '018f0000-0000-7000-8000-000000000001';
const metadata = () => ({
  commandId: randomUUID(),
  requestHash: 'hash',
  occurredAt: '2026-03-15T09:30:00.000Z',
  actorId,
  correlationId: 'request',
  causationId: 'command',
});

const content: z.infer<typeof InteractionCreated> = {
  title: 'Visit of Jérémy',
  type: 'Visit',
  lead: 'Jérémy Dupont',
  start: null,
  end: null,
  timezone: 'Europe/Brussels',
  location: 'Room 4',
  description: '',
  notes: 'private \u2028 notes',
  status: 'draft',
};

describe('codec', () => {
  let log: ReturnType<typeof createInMemoryEventLog>;
  let codec: Codec;
  let stream: string;
  beforeEach(() => {
    log = createInMemoryEventLog();
    codec = createCodec({ keyStore: log.keyStore, masterKey: testMasterKey });
    stream = `interaction-${randomUUID()}`;
  });

  const write = async (events: EventsToSeal['events'], isNewStream = false, through = codec) => {
    const command = metadata();
    const sealed = await through.sealAll({ stream, isNewStream, events, metadata: command });
    return log.append({ stream, expectedRevision: 'any', commandId: command.commandId, ...sealed });
  };
  const recordVisit = () => write([{ type: 'InteractionCreated', data: content }], true);
  const freshCodec = (keyStore: KeyStore = log.keyStore) => createCodec({ keyStore, masterKey: testMasterKey });

  it('gives back what was recorded, to this process and to another', async () => {
    await recordVisit();
    const stored = await log.readStream(stream);

    const [mine] = await codec.openAll(stored);
    const [theirs] = await freshCodec().openAll(stored);

    expect(mine).toMatchObject({ type: 'InteractionCreated', data: content, erased: false, revision: 0, position: 1n });
    expect(theirs).toEqual(mine);
  });

  it('stores personal content sealed and the rest in clear', async () => {
    await recordVisit();

    const [stored] = await log.readStream(stream);

    expect(stored?.data).not.toMatch(/Jérémy|Room 4|private/);
    expect(Object.keys(JSON.parse(stored?.data ?? ''))).toEqual([
      'type',
      'start',
      'end',
      'timezone',
      'status',
      'sealed',
    ]);
  });

  it('seals nothing where there is nothing personal', async () => {
    await write([{ type: 'InteractionUpdated', data: { type: 'Call' } }]);

    const [stored] = await log.readStream(stream);

    expect(stored?.data).toBe('{"type":"Call"}');
    expect((await log.keyStore.read([stream])).size).toBe(0);
  });

  it('reads as erased what was sealed under a deleted key, keeping the rest', async () => {
    await recordVisit();
    await log.keyStore.erase(stream);
    codec.forget(stream);

    const [event] = await codec.openAll(await log.readStream(stream));

    expect(event?.erased).toBe(true);
    expect(event?.data).toEqual({
      type: 'Visit',
      start: null,
      end: null,
      timezone: 'Europe/Brussels',
      status: 'draft',
    });
  });

  it('never makes a new key for a subject whose key was deleted', async () => {
    await recordVisit();
    await log.keyStore.erase(stream);
    codec.forget(stream);

    await expect(write([{ type: 'InteractionUpdated', data: { title: 'Again' } }])).rejects.toThrow(SubjectErased);
    expect(await write([{ type: 'InteractionPurged', data: {} }])).toMatchObject({ outcome: 'appended' });
  });

  it('uses the key of the one who was first when two make one for the same subject', async () => {
    const other = freshCodec();
    const mine = await codec.sealAll({
      stream,
      isNewStream: true,
      metadata: metadata(),
      events: [{ type: 'InteractionUpdated', data: { title: 'Mine' } }],
    });
    await write([{ type: 'InteractionUpdated', data: { title: 'Theirs' } }], false, other);

    const late = await log.append({ stream, expectedRevision: 'any', commandId: randomUUID(), ...mine });
    const again = await write([{ type: 'InteractionUpdated', data: { title: 'Mine again' } }]);

    expect(late.outcome).toBe('conflict');
    expect(again.outcome).toBe('appended');
    const opened = await freshCodec().openAll(await log.readStream(stream));
    expect(opened.map(({ data }) => data)).toEqual([{ title: 'Theirs' }, { title: 'Mine again' }]);
  });

  it('agrees on one key when one process seals twice before the first append', async () => {
    const first = write([{ type: 'InteractionUpdated', data: { title: 'One' } }]);
    const second = write([{ type: 'InteractionUpdated', data: { title: 'Two' } }]);

    expect((await Promise.all([first, second])).map(({ outcome }) => outcome)).toEqual(['appended', 'appended']);
  });

  it('asks for all missing keys of a batch at once, and for none it knows', async () => {
    for (let count = 0; count < 3; count += 1) {
      stream = `interaction-${randomUUID()}`;
      await recordVisit();
    }
    const asked: number[] = [];
    const reader = freshCodec({
      ...log.keyStore,
      read: (subjects) => {
        asked.push(subjects.length);
        return log.keyStore.read(subjects);
      },
    });
    const events = await log.readAll(0n, 10);

    await reader.openAll(events);
    await reader.openAll(events);

    expect(asked).toEqual([3]);
  });

  it('refuses to write data that its schema does not allow', async () => {
    const events = [
      { type: 'InteractionStatusChanged', data: { status: 'lost' } },
    ] as unknown as EventsToSeal['events'];

    await expect(write(events)).rejects.toThrow(z.ZodError);
  });

  it('refuses sealed content that was moved to another stream', async () => {
    await recordVisit();
    const [stored] = await log.readStream(stream);
    const elsewhere = `interaction-${randomUUID()}`;
    const key = (await log.keyStore.read([stream])).get(stream);
    if (!stored || !key) throw new Error('nothing stored');
    const moved = freshCodec({ ...log.keyStore, read: async () => new Map([[elsewhere, key]]) });

    await expect(moved.openAll([{ ...stored, stream: elsewhere }])).rejects.toThrow(UnreadableEvent);
  });

  it('names the master key when it is the wrong one', async () => {
    await recordVisit();
    const wrong = masterKeyFromBytes(Buffer.alloc(32, 9));
    const reader = createCodec({ keyStore: log.keyStore, masterKey: wrong });

    await expect(reader.openAll(await log.readStream(stream))).rejects.toThrow(testMasterKey.id);
  });

  it('names type, version and position of an event it does not know', async () => {
    await recordVisit();
    const [stored] = await log.readStream(stream);
    if (!stored) throw new Error('nothing stored');

    await expect(codec.openAll([{ ...stored, type: 'InteractionDreamt' }])).rejects.toMatchObject({
      name: 'UnreadableEvent',
      type: 'InteractionDreamt',
      schemaVersion: 1,
      position: 1n,
    });
    await expect(codec.openAll([{ ...stored, schemaVersion: 2 }])).rejects.toThrow('up to version 1');
  });

  it('gives whoever asks for each event what can be read, and says in its place what cannot', async () => {
    await recordVisit();
    const [stored] = await log.readStream(stream);
    if (!stored) throw new Error('nothing stored');
    const broken = [
      { ...stored, type: 'InteractionDreamt' },
      { ...stored, data: 'null' },
      { ...stored, data: '{' },
      { ...stored, schemaVersion: 0 },
    ];

    const opened = await freshCodec().openEach([...broken, stored]);

    expect(opened.slice(0, -1).every((event) => event instanceof UnreadableEvent)).toBe(true);
    expect(opened.at(-1)).toEqual((await codec.openAll([stored]))[0]);
  });

  it('brings events of older versions up to the current one, step by step', async () => {
    const schema = z.strictObject({ names: z.array(z.string()), count: z.int() });
    const catalogue = { PeopleMet: { schema, version: 3, sealed: ['names'] } };
    const upcasters = {
      PeopleMet: {
        1: (data: Record<string, unknown>) => ({ names: [data.name] }),
        2: (data: Record<string, unknown>) => ({ ...data, count: (data.names as string[]).length }),
      },
    };
    const options = { keyStore: log.keyStore, masterKey: testMasterKey };
    const old = createCodec<{ type: 'PeopleMet'; data: { name: string } }>({
      ...options,
      catalogue: { PeopleMet: { schema: z.strictObject({ name: z.string() }), version: 1, sealed: ['name'] } },
    });
    const command = metadata();
    const event = { type: 'PeopleMet', data: { name: 'Jérémy' } } as const;
    const sealed = await old.sealAll({ stream, isNewStream: true, events: [event], metadata: command });
    await log.append({ stream, expectedRevision: 'any', commandId: command.commandId, ...sealed });

    const [read] = await createCodec<{ type: 'PeopleMet'; data: unknown }>({
      ...options,
      catalogue,
      upcasters,
    }).openAll(await log.readStream(stream));

    expect(read).toMatchObject({ data: { names: ['Jérémy'], count: 1 }, schemaVersion: 3 });
  });
});
