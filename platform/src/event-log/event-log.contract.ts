import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendOf } from '../testing/stored-events.ts';
import type { EventLog } from './event-log.ts';
import { racing, reading, waiting } from './event-log-readers.contract.ts';
import type { LogUnderTest } from './log-under-test.ts';

/** What every event log must do, whatever it is made of. `makeLog` opens an empty one. */
export const eventLogContract = (name: string, makeLog: () => Promise<LogUnderTest>): void => {
  describe(`${name}: what any event log must do`, () => {
    let under: LogUnderTest;
    beforeAll(async () => {
      under = await makeLog();
    }, 120_000);
    afterAll(() => under?.close());
    const open = (): EventLog => under.log;

    describe('expected revision', () => expectedRevisions(open));
    describe('appending', () => appending(open));
    describe('keys of subjects', () => keysOfSubjects(() => under));
    describe('reading', () => reading(open));
    describe('waiting', () => waiting(open));
    describe('16 writers and a live reader', () => racing(() => under));
  });
};

const expectedRevisions = (open: () => EventLog): void => {
  it('takes the first events of a stream when none is expected, and refuses them later', async () => {
    const stream = `note-${randomUUID()}`;

    expect(await open().append(appendOf(stream, 'no-stream', { count: 2 }))).toMatchObject({
      outcome: 'appended',
      revision: 1,
    });
    expect(await open().append(appendOf(stream, 'no-stream'))).toEqual({ outcome: 'conflict', actualRevision: 1 });
  });

  it('takes events after exactly the expected revision, and tells the actual one otherwise', async () => {
    const stream = `note-${randomUUID()}`;
    await open().append(appendOf(stream, 'no-stream'));

    expect(await open().append(appendOf(stream, 1))).toEqual({ outcome: 'conflict', actualRevision: 0 });
    expect(await open().append(appendOf(stream, 0))).toMatchObject({ outcome: 'appended', revision: 1 });
    expect(await open().append(appendOf(stream, 0))).toEqual({ outcome: 'conflict', actualRevision: 1 });
    expect(await open().append(appendOf(`note-${randomUUID()}`, 0))).toEqual({
      outcome: 'conflict',
      actualRevision: -1,
    });
  });

  it('takes events of an existing stream when one is expected, whatever its revision', async () => {
    const stream = `note-${randomUUID()}`;

    expect(await open().append(appendOf(stream, 'stream-exists'))).toEqual({ outcome: 'conflict', actualRevision: -1 });
    await open().append(appendOf(stream, 'no-stream', { count: 3 }));
    expect(await open().append(appendOf(stream, 'stream-exists'))).toMatchObject({ outcome: 'appended', revision: 3 });
  });

  it('takes events of any stream when nothing is expected', async () => {
    const stream = `note-${randomUUID()}`;

    expect(await open().append(appendOf(stream, 'any'))).toMatchObject({ outcome: 'appended', revision: 0 });
    expect(await open().append(appendOf(stream, 'any'))).toMatchObject({ outcome: 'appended', revision: 1 });
  });

  it('lets one of many racing for the same revision win, and only the others lose', async () => {
    const stream = `note-${randomUUID()}`;
    const bystanders = Array.from({ length: 10 }, () => appendOf(`note-${randomUUID()}`, 'no-stream'));
    const racers = Array.from({ length: 10 }, () => appendOf(stream, 'no-stream'));

    const results = await Promise.all([...racers, ...bystanders].map((append) => open().append(append)));

    const won = results.slice(0, 10).filter(({ outcome }) => outcome === 'appended');
    expect(won).toHaveLength(1);
    expect(results.slice(0, 10).filter(({ outcome }) => outcome === 'conflict')).toHaveLength(9);
    expect(results.slice(10).every(({ outcome }) => outcome === 'appended')).toBe(true);
  });
};

const appending = (open: () => EventLog): void => {
  it('writes all events of a command side by side, or none of them', async () => {
    const stream = `note-${randomUUID()}`;
    const before = await open().headPosition();
    const bystanders = Array.from({ length: 10 }, () => open().append(appendOf(`note-${randomUUID()}`, 'no-stream')));
    const result = await open().append(appendOf(stream, 'no-stream', { count: 4 }));
    await open().append(appendOf(stream, 'no-stream', { count: 3 }));
    await Promise.all(bystanders);

    const events = await open().readStream(stream);
    const everything = await open().readAll(before, 100);

    expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
    const place = everything.findIndex((event) => event.stream === stream);
    expect(everything.slice(place, place + 4)).toEqual(events);
    expect(everything).toHaveLength(14);
    expect(result).toEqual({ outcome: 'appended', revision: 3, position: events.at(-1)?.position });
  });

  it('refuses an append without events', async () => {
    await expect(open().append({ ...appendOf('note-empty', 'any'), events: [] })).rejects.toThrow('at least one event');
  });

  it('answers a repeated command with its first outcome, whatever it expects now', async () => {
    const stream = `note-${randomUUID()}`;
    const append = appendOf(stream, 'no-stream', { count: 2 });
    const first = await open().append(append);
    await open().append(appendOf(stream, 1));

    const repeated = await open().append(append);
    const elsewhere = await open().append({ ...append, stream: `note-${randomUUID()}` });

    if (first.outcome !== 'appended') throw new Error(first.outcome);
    const { revision, position } = first;
    const requestHash = append.events[0]?.metadata.requestHash;
    expect(repeated).toEqual({ outcome: 'repeated', stream, revision, position, requestHash });
    expect(elsewhere).toEqual(repeated);
    expect(await open().readStream(stream)).toHaveLength(3);
  });

  it('writes one set of events when the same command comes 20 times at once', async () => {
    const stream = `note-${randomUUID()}`;
    const append = appendOf(stream, 'no-stream', { count: 3 });

    const results = await Promise.all(Array.from({ length: 20 }, () => open().append(append)));

    expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(19);
    expect(await open().readStream(stream)).toHaveLength(3);
  });

  it('keeps an event of 900 kB byte for byte', async () => {
    const stream = `note-${randomUUID()}`;
    const data = JSON.stringify({ text: `é"\\\u0000\u2028😀{},'${'long text '.repeat(90_000)}` });

    await open().append(appendOf(stream, 'no-stream', { data }));

    expect((await open().readStream(stream))[0]?.data === data).toBe(true);
  });

  it('keeps the order in which appends to a stream came', async () => {
    const stream = `note-${randomUUID()}`;
    const appends = Array.from({ length: 60 }, (_, number) =>
      appendOf(stream, 'any', { data: `{"number":${number}}` }),
    );

    await Promise.all(appends.map((append) => open().append(append)));

    const numbers = (await open().readStream(stream)).map(({ data }) => JSON.parse(data).number);
    expect(numbers).toEqual(appends.map((_, number) => number));
  });
};

const keysOfSubjects = (open: () => LogUnderTest): void => {
  const withKey = (stream: string, bytes: number, commandId?: string) => ({
    ...appendOf(stream, 'any', commandId === undefined ? {} : { commandId }),
    newKeys: [{ subject: stream, masterKeyId: 'master', wrapped: Buffer.alloc(40, bytes) }],
  });

  it('stores the key of a new subject together with its first events', async () => {
    const stream = `note-${randomUUID()}`;

    await open().log.append(withKey(stream, 7));

    const keys = await open().keyStore.read([stream, 'note-unknown']);
    expect([...keys]).toEqual([[stream, { masterKeyId: 'master', wrapped: Buffer.alloc(40, 7) }]]);
  });

  it('stores no key for an append that is refused', async () => {
    const stream = `note-${randomUUID()}`;

    await open().log.append({ ...withKey(stream, 7), expectedRevision: 'stream-exists' });

    expect((await open().keyStore.read([stream])).size).toBe(0);
  });

  it('lets the first of two keys for a subject stay and answers the other append with a conflict', async () => {
    const stream = `note-${randomUUID()}`;

    const results = await Promise.all([
      open().log.append(withKey(stream, 1)),
      open().log.append(withKey(stream, 2)),
      open().log.append(withKey(stream, 1)),
    ]);

    expect(results.map(({ outcome }) => outcome)).toEqual(['appended', 'conflict', 'appended']);
    expect(await open().log.append(withKey(stream, 3))).toEqual({ outcome: 'conflict', actualRevision: 1 });
    expect((await open().keyStore.read([stream])).get(stream)).toMatchObject({ wrapped: Buffer.alloc(40, 1) });
  });

  it('never takes a key again for a subject whose key was deleted', async () => {
    const stream = `note-${randomUUID()}`;
    await open().log.append(withKey(stream, 1));

    await open().keyStore.erase(stream);

    expect((await open().keyStore.read([stream])).get(stream)).toBe('erased');
    expect(await open().log.append(withKey(stream, 1))).toEqual({ outcome: 'conflict', actualRevision: 0 });
    expect((await open().keyStore.read([stream])).get(stream)).toBe('erased');
  });
};
