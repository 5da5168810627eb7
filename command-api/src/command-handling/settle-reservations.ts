import type { Logger } from '@ims/platform/observability/logger';
import { type BackgroundWork, startBackgroundWork } from '../background-work.ts';
import type { Reservations } from './reservations.ts';

const everyMs = 60_000;

/**
 * Settles what commands that died left pending. Nobody may ask for those names again, and a name that was given up in
 * the log must not go on opening its account.
 */
export const startSettlingReservations = (
  reservations: Pick<Reservations, 'settleOld'>,
  logger: Logger,
): BackgroundWork =>
  startBackgroundWork({
    name: 'settle reservations',
    round: async () => {
      const settled = await reservations.settleOld();
      if (settled > 0)
        logger.info({ operation: 'settle reservations', settled }, 'Names of broken-off commands settled');
      return 'idle';
    },
    pollMs: everyMs,
    logger,
  });
