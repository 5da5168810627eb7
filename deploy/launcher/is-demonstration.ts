import type { EventLog } from '@ims/platform/event-log/event-log';
import { demoIsThere } from '../demo/seed-demo.ts';
import { StartProblem } from './start-problem.ts';

/** Whether this log holds the demonstration or shall; a demonstration is never mixed into anybody's records. */
export const isDemonstration = async (log: EventLog, wanted: boolean): Promise<boolean> => {
  const isThere = await demoIsThere(log);
  if (isThere && !wanted) {
    throw new StartProblem(
      'This database holds the demonstration, whose passwords everybody knows: choose another IMS_HOME or DATABASE_URL for IMS_DEMO=off.',
    );
  }
  return isThere || (wanted && (await log.headPosition()) === 0n);
};
