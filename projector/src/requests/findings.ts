import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import type { Verification } from '../versions/operations.ts';

const namedInSentence = 3;

/** Keeps every differing row beside the request; what an earlier try found is replaced. */
export const saveDifferences = (
  pool: pg.Pool,
  requestId: string,
  { projection, version, differences }: Verification,
): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('delete from operations.differences where request_id = $1', [requestId]);
    await client.query(
      `insert into operations.differences (request_id, number, projection, version, table_name, row_key, difference)
       select $1, found.number, $2, $3, found."table", found.key, found.difference
       from rows from (jsonb_to_recordset($4) as ("table" text, key jsonb, difference text)) with ordinality
         as found ("table", key, difference, number)`,
      [requestId, projection, version, JSON.stringify(differences)],
    );
  });

/** The answer of a verification; names the first rows and counts the rest. */
export const sentenceAbout = ({ projection, version, position, differences }: Verification): string => {
  const what = `${projection} version ${version}`;
  if (differences.length === 0) return `${what} agrees with the log up to position ${position}: no row differs`;
  const named = differences.slice(0, namedInSentence).map(
    ({ table, key, difference }) =>
      `${table} ${Object.entries(key)
        .map(([column, value]) => `${column}=${value}`)
        .join(' ')} ${difference}`,
  );
  const rest = differences.length - named.length;
  const count = differences.length === 1 ? '1 row differs' : `${differences.length} rows differ`;
  return `${what}, compared up to position ${position}: ${count}: ${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
};
