import { join } from 'node:path';
import pg from 'pg';
import { startKillablePostgres } from '../killable-postgres.ts';
import type { Control } from './control.ts';

const rows = 300;

const connectTo = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** A log that confirms before it is on disk; the power goes right after. */
export const asynchronousCommit: Control = {
  name: 'a log with synchronous_commit=off',
  run: async ({ folder }) => {
    const server = await startKillablePostgres(join(folder, 'asynchronous'), { wal_writer_delay: '10s' });
    try {
      const writer = await connectTo(server.url());
      await writer.query('create table log (number int primary key)');
      await writer.query('set synchronous_commit = off');
      let acknowledged = 0;
      for (; acknowledged < rows; acknowledged += 1) await writer.query('insert into log values ($1)', [acknowledged]);
      await server.kill();
      await writer.end().catch(() => undefined);
      await server.restart();
      const reader = await connectTo(server.url());
      const { rows: counted } = await reader.query<{ count: number }>('select count(*)::int from log');
      await reader.end();
      const lost = acknowledged - (counted[0]?.count ?? 0);
      return lost > 0 ? [`${lost} of ${acknowledged} acknowledged rows lost`] : [];
    } finally {
      await server.stop();
    }
  },
};
