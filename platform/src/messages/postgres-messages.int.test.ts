import { afterAll, beforeAll } from 'vitest';
import { createPool } from '../database/pool.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { messagesContract } from './messages.contract.ts';
import { createPostgresMessages } from './postgres-messages.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase([]);
});
afterAll(() => database.drop());

messagesContract('Messages on PostgreSQL', () =>
  Promise.resolve({
    create: () => createPostgresMessages({ url: database.url() }),
    disconnectListeners: async () => {
      const pool = createPool({ url: database.url(), applicationName: 'ims-test' });
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'ims-messages-listen'`,
      );
      await pool.end();
    },
    version: async () => {
      const pool = createPool({ url: database.url(), applicationName: 'ims-test' });
      const { rows } = await pool.query<{ server_version: string }>('show server_version');
      await pool.end();
      return `PostgreSQL ${rows[0]?.server_version}`;
    },
  }),
);
