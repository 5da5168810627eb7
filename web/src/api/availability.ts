import type { ApiError } from './api-error.ts';

/** `no-saving`: the server answers and cannot save. `away`: no answer at all. */
export type Availability = 'all' | 'no-saving' | 'away';
type AvailabilityParts = {
  /** True when everything that saving needs is there. */
  readonly isHealthy: () => Promise<boolean>;
  readonly wait: (milliseconds: number) => Promise<void>;
};

const firstPauseMs = 1_000;
const longestPauseMs = 20_000;

/** True for an answer that says: come again, what you wrote is on its way into the tables. */
export const isLagging = ({ code }: ApiError): boolean => code === 'PROJECTION_LAGGING';

const isDown = ({ code, status }: ApiError): boolean =>
  status === 502 || status === 504 || (status === 503 && code !== 'PROJECTION_LAGGING');

/** Whether saving is possible, as calls find it out; while it is not, the server's health is asked with growing pauses. */
export const createAvailability = ({ isHealthy, wait }: AvailabilityParts) => {
  let current: Availability = 'all';
  const isLost = (): boolean => current !== 'all';
  let isWatching = false;
  const listeners = new Set<() => void>();
  const become = (next: Availability): void => {
    if (next === current) return;
    current = next;
    for (const listener of listeners) listener();
  };
  const watch = async (): Promise<void> => {
    for (let pause = firstPauseMs; isLost(); pause = Math.min(pause * 1.6, longestPauseMs)) {
      await wait(pause);
      if (isLost() && (await isHealthy())) become('all');
    }
  };
  const lose = (how: Exclude<Availability, 'all'>): void => {
    become(how);
    if (isWatching) return;
    isWatching = true;
    watch()
      .catch(() => undefined)
      .finally(() => {
        isWatching = false;
      });
  };
  return {
    current: (): Availability => current,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    saved: (): void => become('all'),
    commandFailed: (error: ApiError): void => {
      if (error.code === 'CONNECTION_LOST') lose('away');
      else if (isDown(error)) lose('no-saving');
    },
    readFailed: (error: ApiError): void => {
      if (error.code === 'CONNECTION_LOST') lose('away');
    },
  };
};
export type AvailabilityStore = ReturnType<typeof createAvailability>;
