import { expect, it } from 'vitest';
import { appendOf } from '../testing/stored-events.ts';
import { createAppendQueue } from './append-queue.ts';
import type { Append, AppendResult } from './event-log.ts';

/** A log that answers a flush only when told to. */
const slowLog = () => {
  const flushes: { readonly size: number; answer: () => void }[] = [];
  const send = (appends: readonly Append[]): Promise<readonly AppendResult[]> =>
    new Promise((resolve) => {
      const answer = (): void => resolve(appends.map(() => ({ outcome: 'appended', revision: 0, position: 1n })));
      flushes.push({ size: appends.length, answer });
    });
  return { flushes, send };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('sends a lone append at once, and gathers those that come meanwhile, 50 at most', async () => {
  const { flushes, send } = slowLog();
  const queue = createAppendQueue(send);
  const appends = Array.from({ length: 62 }, (_, number) => queue.add(appendOf(`note-${number}`, 'any'), undefined));

  for (let flush = 0; flush < 3; flush += 1) {
    flushes[flush]?.answer();
    await turn();
  }

  await Promise.all(appends);
  expect(flushes.map(({ size }) => size)).toEqual([1, 50, 11]);
});

it('does not send very large events all in one flush', async () => {
  const { flushes, send } = slowLog();
  const queue = createAppendQueue(send);
  const data = 'x'.repeat(900_000);
  const appends = Array.from({ length: 7 }, (_, number) =>
    queue.add(appendOf(`note-${number}`, 'any', { data }), undefined),
  );

  for (let flush = 0; flush < 3; flush += 1) {
    flushes[flush]?.answer();
    await turn();
  }

  await Promise.all(appends);
  expect(flushes.map(({ size }) => size)).toEqual([1, 4, 2]);
});

it('drops at once an append whose caller gives up while it queues, but not one that is under way', async () => {
  const { flushes, send } = slowLog();
  const queue = createAppendQueue(send);
  const stop = new AbortController();
  const underWay = queue.add(appendOf('note-1', 'any'), stop.signal);
  const queued = queue.add(appendOf('note-2', 'any'), stop.signal);

  stop.abort(new Error('10 seconds are over'));

  await expect(queued).rejects.toThrow('given up before it was sent');
  await expect(queue.add(appendOf('note-3', 'any'), stop.signal)).rejects.toThrow('given up');
  flushes[0]?.answer();
  expect(await underWay).toMatchObject({ outcome: 'appended' });
  await queue.close();
  expect(flushes).toHaveLength(1);
});
