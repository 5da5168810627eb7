import type pg from 'pg';

const target = 'floor.interactions_copied';

/**
 * What any rebuild must at least do: load the finished rows, with COPY from a file on the server's own disk, and build
 * the indexes. Answers the milliseconds of both. The table has the columns, the search vector and the indexes of the
 * product's, and no partitions. `owner` must be a superuser.
 */
export const copyAndIndex = async (owner: pg.Pool, version: number): Promise<{ ms: number; rows: number }> => {
  const source = `read.interactions_v${version}`;
  const { rows } = await owner.query<{ folder: string; columns: string }>(
    `select current_setting('data_directory') as folder, (
       select string_agg(attname, ', ' order by attnum) from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '') as columns`,
    [source],
  );
  const { folder = '', columns = '' } = rows[0] ?? {};
  const file = `${folder}/bench-interactions.copy`;
  await owner.query(`copy (select ${columns} from ${source} order by position) to '${file}'`);
  await owner.query('create schema if not exists floor');
  await owner.query(`drop table if exists ${target}`);
  await owner.query(`create table ${target} (like ${source} including generated including defaults)`);
  const indexes = await indexesOf(owner, source);
  await owner.query('checkpoint');
  const begun = performance.now();
  const copied = await owner.query(`copy ${target} (${columns}) from '${file}'`);
  for (const index of indexes) await owner.query(index);
  const ms = performance.now() - begun;
  await owner.query(`drop table ${target}`);
  await owner.query(`copy (select) to program 'rm "${file}"'`);
  return { ms, rows: copied.rowCount ?? 0 };
};

/** The product's own, on the floor's table. */
const indexesOf = async (owner: pg.Pool, source: string): Promise<readonly string[]> => {
  const { rows } = await owner.query<{ definition: string }>(
    'select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = $1::regclass',
    [source],
  );
  return rows.map(({ definition }) => definition.replace(/INDEX \S+ ON (ONLY )?\S+ USING/, `INDEX ON ${target} USING`));
};
