import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { raceReader } from '../testing/reader-race.ts';
import { appendOf, storedEvents } from '../testing/stored-events.ts';
import type { EventLog } from './event-log.ts';
import type { LogUnderTest } from './log-under-test.ts';

export const reading = (open: () => EventLog): void => {
  it('gives back what was appended, with its places', async () => {
    const stream = `note-${randomUUID()}`;
    const commandId = randomUUID();
    const [event] = storedEvents(commandId, 1);
    const result = await open().append(appendOf(stream, 'no-stream', { commandId }));

    const [read] = await open().readStream(stream);

    if (result.outcome !== 'appended') throw new Error(result.outcome);
    const metadataText = JSON.stringify(event?.metadata);
    expect(read).toEqual({ ...event, stream, revision: 0, position: result.position, metadataText });
  });

  it('reads a stream after a revision, and nothing of a stream that is not there', async () => {
    const stream = `note-${randomUUID()}`;
    await open().append(appendOf(stream, 'no-stream', { count: 5 }));

    const revisions = (await open().readStream(stream, { afterRevision: 2 })).map(({ revision }) => revision);

    expect(revisions).toEqual([3, 4]);
    expect(await open().readStream(`note-${randomUUID()}`)).toEqual([]);
  });

  it('reads a stream of the site it is asked for, and nothing of another site’s', async () => {
    const [site, other] = [randomUUID(), randomUUID()];
    const stream = `note-${randomUUID()}`;
    for (const expected of ['no-stream', 'stream-exists'] as const) {
      const append = appendOf(stream, expected);
      const events = append.events.map((event) => ({ ...event, metadata: { ...event.metadata, siteId: site } }));
      await open().append({ ...append, events });
    }
    const siteless = `note-${randomUUID()}`;
    await open().append(appendOf(siteless, 'no-stream'));

    const read = async (name: string, siteId: string) =>
      (await open().readStream(name, { siteId })).map(({ revision }) => revision);
    expect(await read(stream, site)).toEqual([0, 1]);
    expect(await read(stream, other)).toEqual([]);
    expect(await read(siteless, site)).toEqual([]);
    const rest = await open().readStream(stream, { siteId: site, afterRevision: 0 });
    expect(rest.map(({ revision }) => revision)).toEqual([1]);
  });

  it('reads the whole log after a position, in log order, as many as asked for', async () => {
    const before = await open().headPosition();
    await open().append(appendOf(`note-${randomUUID()}`, 'no-stream', { count: 3 }));
    await open().append(appendOf(`note-${randomUUID()}`, 'no-stream', { count: 3 }));

    const events = await open().readAll(before, 4);
    const rest = await open().readAll(events.at(-1)?.position ?? 0n, 100);

    expect(events).toHaveLength(4);
    expect(rest).toHaveLength(2);
    const positions = [...events, ...rest].map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => Number(a - b)));
    expect(await open().headPosition()).toBe(positions.at(-1));
    expect(await open().readAll(await open().headPosition(), 10)).toEqual([]);
  });

  it('counts the events after a position, and no further than asked', async () => {
    const before = await open().headPosition();
    expect(await open().countAfter(before, 10)).toBe(0);
    const first = await open().append(appendOf(`note-${randomUUID()}`, 'no-stream', { count: 3 }));
    await open().append(appendOf(`note-${randomUUID()}`, 'no-stream', { count: 2 }));

    if (first.outcome !== 'appended') throw new Error(first.outcome);
    expect(await open().countAfter(before, 10)).toBe(5);
    expect(await open().countAfter(before, 4)).toBe(4);
    expect(await open().countAfter(first.position, 10)).toBe(2);
    expect(await open().countAfter(await open().headPosition(), 10)).toBe(0);
  });

  it('knows which life of the log this is', async () => {
    expect(await open().epoch()).toBe(1);
  });
};

export const waiting = (open: () => EventLog): void => {
  it('wakes who waits when an event is appended', async () => {
    const head = await open().headPosition();
    const { signal } = new AbortController();
    let position = head;
    const woken = (async () => {
      while (position === head) {
        await open().waitPast(head, signal);
        position = await open().headPosition();
      }
    })();

    await open().append(appendOf(`note-${randomUUID()}`, 'no-stream'));
    await woken;

    expect(position).toBeGreaterThan(head);
  });

  it('does not let wait who is behind, as soon as it has heard of what is there', async () => {
    const { signal } = new AbortController();
    const head = await open().headPosition();
    await open().append(appendOf(`note-${randomUUID()}`, 'no-stream'));
    await open().waitPast(head, signal);
    const newHead = await open().headPosition();

    const stop = new AbortController();
    const atHead = open().waitPast(newHead, stop.signal);
    const behind = open().waitPast(0n, signal);
    const first = await Promise.race([atHead.then(() => 'at the head'), behind.then(() => 'behind')]);

    expect(first).toBe('behind');
    stop.abort();
    await atHead;
  });

  it('ends the wait when told to stop', async () => {
    const stop = new AbortController();
    const wait = open().waitPast(await open().headPosition(), stop.signal);

    stop.abort();

    await wait;
    await open().waitPast(await open().headPosition(), stop.signal);
  });
};

export const racing = (open: () => LogUnderTest): void => {
  it('shows the reader every event once and in order, also when writers stall and roll back', async () => {
    const { log, another, disturb } = open();
    const writers = Array.from({ length: 16 }, another);
    const after = await log.headPosition();

    const result = await raceReader({
      writers,
      reader: another(),
      events: 20_000,
      after,
      ...(disturb ? { disturb } : {}),
    });

    expect(result.written).toBeGreaterThanOrEqual(20_000);
    expect(result).toMatchObject({ skipped: 0, inverted: 0 });
  }, 240_000);
};
