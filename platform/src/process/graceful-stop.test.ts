import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { type StopStep, stopGracefully } from './graceful-stop.ts';

const arrange = (steps: readonly StopStep[], deadlineMs = 5_000) => {
  const signals = new EventEmitter();
  const problems: string[] = [];
  const codes: number[] = [];
  const stop = stopGracefully({
    steps: () => steps,
    deadlineMs,
    signals,
    exit: (code) => codes.push(code),
    onProblem: (step, error) => problems.push(`${step}: ${error instanceof Error ? error.message : error}`),
  });
  return { signals, problems, codes, stop };
};

it('stops one after the other, and only once', async () => {
  const order: string[] = [];
  const step = (name: string): StopStep => ({
    name,
    stop: async () => {
      await Promise.resolve();
      order.push(name);
    },
  });
  const { signals, stop, codes } = arrange([step('server'), step('database')]);
  signals.emit('SIGTERM');
  await stop();
  expect(order).toEqual(['server', 'database']);
  expect(codes).toEqual([0]);
});

it('stops the rest when one cannot, and says so', async () => {
  let isDatabaseStopped = false;
  const failing = { name: 'server', stop: () => Promise.reject(new Error('stuck')) };
  const database = { name: 'database', stop: () => (isDatabaseStopped = true) };
  const { stop, codes, problems } = arrange([failing, database]);
  await stop();
  expect(isDatabaseStopped).toBe(true);
  expect(problems).toEqual(['server: stuck']);
  expect(codes).toEqual([1]);
});

it('does not wait longer than its deadline', async () => {
  const { stop, codes, problems } = arrange([{ name: 'server', stop: () => new Promise(() => undefined) }], 5);
  await stop();
  expect(problems).toEqual(['server: Stopping took longer than 5 ms.']);
  expect(codes).toEqual([1]);
});

it('leaves at once at a second signal', () => {
  const { signals, codes } = arrange([{ name: 'server', stop: () => new Promise(() => undefined) }], 50);
  signals.emit('SIGINT');
  expect(codes).toEqual([]);
  signals.emit('SIGINT');
  expect(codes).toEqual([130]);
});
