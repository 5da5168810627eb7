import { describe, expect, it } from 'vitest';
import { ApiError, connectionLost } from './api-error.ts';
import { createAvailability } from './availability.ts';

const noLog = new ApiError({ status: 503, code: 'SERVICE_UNAVAILABLE', message: 'No' });
const lagging = new ApiError({ status: 503, code: 'PROJECTION_LAGGING', message: 'Soon' });

/** A server whose health answers come from a list; `recovered` resolves when saving is possible again. */
const givenServer = (health: boolean[]) => {
  const pauses: number[] = [];
  const store = createAvailability({
    isHealthy: async () => health.shift() ?? true,
    wait: async (milliseconds) => void pauses.push(Math.round(milliseconds)),
  });
  const recovered = new Promise<void>((resolve) => {
    store.subscribe(() => {
      if (store.current() === 'all') resolve();
    });
  });
  return { store, pauses, recovered };
};

describe('whether saving is possible', () => {
  it('is lost when the event log does not answer, and back when the server is healthy again', async () => {
    const { store, pauses, recovered } = givenServer([false, false, true]);
    store.commandFailed(noLog);
    expect(store.current()).toBe('no-saving');
    await recovered;
    expect(pauses).toEqual([1_000, 1_600, 2_560]);
  });

  it('is lost without a connection, whoever notices it', async () => {
    const { store, recovered } = givenServer([]);
    store.readFailed(connectionLost(undefined));
    expect(store.current()).toBe('away');
    await recovered;
  });

  it('is not lost while the tables catch up, nor when reading alone is refused', () => {
    const { store } = givenServer([]);
    store.commandFailed(lagging);
    store.readFailed(noLog);
    expect(store.current()).toBe('all');
  });

  it('is back at once when something was saved', () => {
    const { store } = givenServer([false]);
    store.commandFailed(noLog);
    store.saved();
    expect(store.current()).toBe('all');
  });
});
