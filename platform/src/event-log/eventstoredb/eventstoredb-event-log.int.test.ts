import { createPool } from '../../database/pool.ts';
import { describeOn, eventStore, itNamesTheServer } from '../../testing/engines.ts';
import { createTestDatabase } from '../../testing/test-database.ts';
import { eventLogContract } from '../event-log.contract.ts';
import type { EventLog } from '../event-log.ts';
import { createPostgresKeyStore } from '../keys.ts';
import { eventLogMigrations } from '../migrations.ts';
import { createConnection } from './connection.ts';
import { openEventStoreDbEventLog } from './eventstoredb-event-log.ts';
import { serverVersion } from './server-check.ts';

/** The suite counts what comes into the log, so it takes a node of its own where it can have one. */
const own = Boolean(process.env.EVENTSTORE_COMMAND);

describeOn({ name: 'EventStoreDB', own }, 'EventStoreDB', () => {
  let version = '';
  eventLogContract('event log on EventStoreDB', async () => {
    const [node, database] = await Promise.all([eventStore({ own }), createTestDatabase(eventLogMigrations)]);
    const options = { url: node.url, databaseUrl: database.url('ims_command'), applicationName: 'log-under-test' };
    const logs: EventLog[] = await Promise.all(Array.from({ length: 18 }, () => openEventStoreDbEventLog(options)));
    const ownerPool = createPool({ url: database.url(), applicationName: 'test' });
    const connection = createConnection(node.url, 'version');
    version = await serverVersion(connection);
    await connection.client.dispose();
    const [log, ...others] = logs;
    if (!log) throw new Error('No log was opened.');
    return {
      log,
      another: () => others.pop() ?? log,
      keyStore: createPostgresKeyStore(ownerPool),
      close: async () => {
        await Promise.all(logs.map((opened) => opened.close()));
        await ownerPool.end();
        await database.drop();
        await node.close();
      },
    };
  });
  itNamesTheServer(async () => `EventStoreDB ${version}`);
});
