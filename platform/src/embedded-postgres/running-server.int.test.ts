import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { runningServerUrl } from './running-server.ts';

it('lets a program beside the product find its database, as long as it runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-running-'));
  const dataDirectory = join(folder, 'postgres');
  expect(await runningServerUrl(dataDirectory, 'postgres')).toBeUndefined();
  const server = await startEmbeddedPostgres({ dataDirectory });
  try {
    const url = await runningServerUrl(dataDirectory, 'postgres');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('select current_database() as name');
    await client.end();
    expect(rows).toEqual([{ name: 'postgres' }]);
  } finally {
    await server.stop();
  }
  expect(await runningServerUrl(dataDirectory, 'postgres')).toBeUndefined();
  await rm(folder, { recursive: true, force: true });
}, 60_000);
