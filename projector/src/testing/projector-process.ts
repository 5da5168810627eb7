import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { createLogger } from '@ims/platform/observability/logger';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { startProjector } from '../app.ts';
import { projections } from '../projections.ts';

/** A projector that a test can kill and stop; it works on the database of DATABASE_URL (the owner's address). */
const url = serviceUrl(process.env.DATABASE_URL ?? '', 'ims_projector', testMasterKey.bytes);
const pool = createPool({ url, applicationName: 'ims-test-projector-process' });
startProjector({
  pool,
  log: createPostgresEventLog({ url }),
  codec: createCodec({ keyStore: createPostgresKeyStore(pool), masterKey: testMasterKey }),
  projections,
  messages: {
    publish: () => Promise.resolve(),
    subscribe: () => () => undefined,
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  },
  logger: createLogger({ component: 'projector-process', level: 'silent' }),
});
process.send?.('started');
