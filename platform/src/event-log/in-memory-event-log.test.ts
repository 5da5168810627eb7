import { eventLogContract } from './event-log.contract.ts';
import { createInMemoryEventLog } from './in-memory-event-log.ts';

eventLogContract('in-memory event log', () => {
  const log = createInMemoryEventLog();
  return Promise.resolve({ log, keyStore: log.keyStore, another: () => log, close: log.close });
});
