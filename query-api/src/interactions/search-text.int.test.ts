import { isRefusal } from '@ims/contracts/error-codes';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { readMigrations } from '@ims/projector/migrations';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQueryPool } from '../query-pool.ts';
import { fieldQuery, searchQuery } from './search-text.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase([...eventLogMigrations, ...readMigrations]);
  pool = createQueryPool({ url: database.url('ims_query'), max: 2 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const parse = async (texts: readonly string[]): Promise<string[]> => {
  const { rows } = await pool.query<{ query: string }>(
    `select to_tsquery('read.ims', text)::text as query from unnest($1::text[]) with ordinality as given (text, place)
     order by place`,
    [texts],
  );
  return rows.map(({ query }) => query);
};

const hostile = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...`"'\\-|&!()*:<>@./ aé½ß1 `), maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 450, maxLength: 500 }) },
  { weight: 1, arbitrary: fc.constantFrom('\uFB2C', '㎢', 'ﷺ', 'ǆ', 'İ', '𝔘').map((letter) => letter.repeat(500)) },
);

describe('whatever is typed', () => {
  test('is a query that PostgreSQL understands', async () => {
    const typed = fc.sample(hostile, { numRuns: 3_000, seed: 3 });
    const queries = typed.flatMap((text) =>
      [searchQuery(text), fieldQuery('title', text)].filter((query) => !isRefusal(query)),
    );
    expect(queries.length).toBeGreaterThan(2_500);
    expect(await parse(queries as string[])).toHaveLength(queries.length);
  });

  test('means the same to PostgreSQL as to the person', async () => {
    const typed = ['Jérémy "Second Quarter" -Draft bud', 'x@acme.com', '-2026-03-15 plan'];
    expect(await parse(typed.map((text) => String(searchQuery(text))))).toEqual([
      "'jeremy' & 'second' <-> 'quarter' & !'draft' & 'bud':*",
      "'x' & 'acme' & 'com':*",
      "!( '2026' <-> '03' <-> '15' ) & 'plan':*",
    ]);
  });
});
