import { createAvailability } from './availability.ts';

/** The network coming back ends a pause early. */
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener('online', done);
  });

const isHealthy = async (): Promise<boolean> => {
  const response = await fetch('/api/v1/health', { cache: 'no-store' }).catch(() => undefined);
  return response?.ok === true;
};

/** Whether this browser can save right now. */
export const availability = createAvailability({ isHealthy, wait });
