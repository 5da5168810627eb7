import { randomUUID } from 'node:crypto';
import { createPool } from '@ims/platform/database/pool';
import type pg from 'pg';
import type { Control } from './control.ts';

const parallel = 20;

const rotate = async (pool: pg.Pool, token: string): Promise<void> => {
  const { rowCount } = await pool.query('select from tokens where id = $1 and not used', [token]);
  if (rowCount === 0) return;
  await pool.query('update tokens set used = true where id = $1', [token]);
  await pool.query('insert into tokens (id, parent) values ($1, $2)', [randomUUID(), token]);
};

/** Looks whether the token is unused, then marks it used: many at once all find it unused. */
export const refreshInSteps: Control = {
  name: 'a refresh that looks first and marks afterwards',
  run: async ({ owner, ownerUrl }) => {
    await owner.query('create table tokens (id uuid primary key, parent uuid, used boolean not null default false)');
    const token = randomUUID();
    await owner.query('insert into tokens (id) values ($1)', [token]);
    const pool = createPool({ url: ownerUrl, applicationName: 'ims-chaos-control', max: parallel });
    try {
      await Promise.all(Array.from({ length: parallel }, () => pool.query('select 1')));
      await Promise.all(Array.from({ length: parallel }, () => rotate(pool, token)));
      const { rows } = await owner.query<{ children: number }>(
        'select count(*)::int as children from tokens where parent = $1 and not used',
        [token],
      );
      const children = rows[0]?.children ?? 0;
      return children > 1 ? [`${children} live children of one token`] : [];
    } finally {
      await pool.end();
    }
  },
};
