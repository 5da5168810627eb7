import { createAvailability } from './availability.ts';
import { saysCanSave } from './availability-report.ts';

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

const ask = (address: string): Promise<Response | undefined> =>
  fetch(address, { cache: 'no-store' }).catch(() => undefined);

/** Health may be told by a query API alone; the public keys always come from a command API that runs. */
const isHealthy = async (): Promise<boolean> => {
  const [health, keys] = await Promise.all([ask('/api/v1/health'), ask('/.well-known/jwks.json')]);
  if (!health || keys?.ok !== true) return false;
  return saysCanSave(await health.json().catch(() => undefined));
};

/** Whether this browser can save right now. */
export const availability = createAvailability({ isHealthy, wait });
