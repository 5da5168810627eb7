import { createNaiveEventLog, naiveTable } from '@ims/platform/testing/naive-event-log';
import { raceReader } from '@ims/platform/testing/reader-race';
import type { Control } from './control.ts';

const events = 4_000;

/** Positions from a plain sequence, a checkpoint of the position alone: commits come late and are stepped over. */
export const plainSequence: Control = {
  name: 'a checkpoint of positions that come from a plain sequence',
  run: async ({ ownerUrl, owner }) => {
    await owner.query(naiveTable);
    const logs = Array.from({ length: 17 }, () => createNaiveEventLog(ownerUrl));
    const [reader, ...writers] = logs;
    if (!reader) return [];
    try {
      const { skipped, inverted } = await raceReader({ writers, reader, events });
      return [
        ...(skipped > 0 ? [`${skipped} events were never shown to a reader`] : []),
        ...(inverted > 0 ? [`${inverted} events came in another order than their numbers`] : []),
      ];
    } finally {
      await Promise.all(logs.map((log) => log.close()));
    }
  },
};
