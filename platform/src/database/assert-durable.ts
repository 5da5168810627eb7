import type pg from 'pg';

const durableSettings = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;
const losesCommits = new Set(['off', 'local']);

/** Throws one sentence when the server is set up to forget what it has confirmed. */
export const assertDurable = async (pool: pg.Pool | pg.Client): Promise<void> => {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [durableSettings],
  );
  const unsafe = rows.filter(({ setting }) => losesCommits.has(setting));
  if (unsafe.length === 0) return;
  const list = unsafe.map(({ name, setting }) => `${name} = ${setting}`).join(', ');
  throw new Error(`The database may lose confirmed writes (${list}): set it to "on" before starting IMS.`);
};

/** Throws one sentence when the server is too old or keeps text in another encoding than UTF-8. */
export const assertSuitableServer = async (pool: pg.Pool | pg.Client): Promise<void> => {
  const { rows } = await pool.query<{ encoding: string; version: string; number: number }>(
    `select current_setting('server_encoding') as encoding, current_setting('server_version') as version,
            current_setting('server_version_num')::int as number`,
  );
  const server = rows[0];
  if (!server || server.number < 160_000) {
    throw new Error(`IMS needs PostgreSQL 16 or newer; this server is version ${server?.version ?? 'unknown'}.`);
  }
  if (server.encoding !== 'UTF8') {
    throw new Error(`IMS needs a database with encoding UTF8; this one has ${server.encoding}: create it again.`);
  }
};
