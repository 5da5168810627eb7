import type pg from 'pg';
import type { Difference } from '../verify.ts';
import type { PlainTable } from './plain-tables.ts';

export type Sides = {
  readonly folded: string;
  readonly stored: string;
  /** Only the rows of this site; null: all. */
  readonly siteId: string | null;
};

/** The rows in which two tables differ, by key. */
export const compareTables = async (
  client: pg.ClientBase,
  { name, key, columns }: PlainTable,
  { folded, stored, siteId }: Sides,
): Promise<readonly Difference[]> => {
  const all = (side: string): string =>
    Object.keys(columns)
      .map((column) => `${side}.${column}`)
      .join(', ');
  const keys = key.map((column) => `coalesce(folded.${column}, stored.${column})::text as ${column}`).join(', ');
  const where = siteId === null ? '' : 'where site_id = $1';
  const { rows } = await client.query<{ difference: Difference['difference'] } & Record<string, string>>(
    `select case when stored.is_there is null then 'missing' when folded.is_there is null then 'unexpected'
                 else 'different' end as difference, ${keys}
     from (select *, true as is_there from ${folded} ${where}) as folded
     full join (select *, true as is_there from ${stored} ${where}) as stored
       on ${key.map((column) => `folded.${column} = stored.${column}`).join(' and ')}
     where (${all('folded')}) is distinct from (${all('stored')})
     order by ${key.join(', ')}`,
    siteId === null ? [] : [siteId],
  );
  return rows.map(({ difference, ...rowKey }) => ({ table: name, key: rowKey, difference }));
};
