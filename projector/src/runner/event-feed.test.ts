import { systemStream } from '@ims/contracts/ids';
import type { LoggedEvent } from '@ims/platform/event-log/event-log';
import { describe, expect, it } from 'vitest';
import { createEventFeed } from './event-feed.ts';
import type { ProjectedEvent } from './projection.ts';

/** A log of so many events, which counts how many of them were opened. */
const logOf = (length: number) => {
  const events = Array.from({ length }, (_, index) => ({ position: BigInt(index + 1), stream: systemStream }));
  let opened = 0;
  const feed = createEventFeed(
    {
      readAll: (after, limit) =>
        Promise.resolve(events.slice(Number(after), Number(after) + limit) as unknown as LoggedEvent[]),
    },
    (logged) => {
      opened += logged.length;
      return Promise.resolve(logged as unknown as ProjectedEvent[]);
    },
  );
  const append = (): void => {
    events.push({ position: BigInt(events.length + 1), stream: systemStream });
  };
  return { feed, opened: () => opened, append };
};

const readAll = async (
  reader: ReturnType<ReturnType<typeof logOf>['feed']['reader']>,
  from = 0n,
): Promise<bigint[]> => {
  const positions: bigint[] = [];
  for (let after = from; ; ) {
    const page = await reader.read(after);
    if (page.events.length === 0) return positions;
    positions.push(...page.events.map(({ position }) => position));
    after = page.last;
  }
};

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => BigInt(first + index));

describe('the event feed', () => {
  it('gives every reader every event once and in order, wherever it starts', async () => {
    const { feed } = logOf(12_345);
    const read = await Promise.all([readAll(feed.reader()), readAll(feed.reader()), readAll(feed.reader(), 777n)]);
    expect(read).toEqual([upTo(12_345), upTo(12_345), upTo(12_345, 778)]);
  });

  it('opens events once for readers that go side by side', async () => {
    const { feed, opened } = logOf(20_000);
    await Promise.all([readAll(feed.reader()), readAll(feed.reader()), readAll(feed.reader())]);
    expect(opened()).toBe(20_000);
  });

  it('brings a reader that was behind into step with the others', async () => {
    const { feed, opened } = logOf(3_000);
    const ahead = feed.reader();
    await ahead.read(0n);
    expect(await readAll(feed.reader(), 500n)).toEqual(upTo(3_000, 501));
    expect(await readAll(ahead, 1_000n)).toEqual(upTo(3_000, 1_001));
    expect(opened()).toBe(3_000);
  });

  it('answers with nothing at the head of the log, and with what has come since when asked again', async () => {
    const { feed, append } = logOf(1);
    const reader = feed.reader();
    expect((await reader.read(1n)).events).toEqual([]);
    append();
    expect((await reader.read(1n)).events.map(({ position }) => position)).toEqual([2n]);
  });

  it('does not wait for a reader that no longer reads', async () => {
    const { feed } = logOf(20_000);
    await feed.reader().read(0n);
    expect(await readAll(feed.reader())).toHaveLength(20_000);
  });
});
