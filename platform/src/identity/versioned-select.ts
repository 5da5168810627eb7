import pg from 'pg';

/**
 * Selects from the tables of a projection's active version. `statement(version)` must select `version` as the active
 * version of that same snapshot in every row, and return at least one row; when the version has moved on since the
 * last call the statement is repeated with the right table names.
 */
export const createVersionedSelect = <Row extends object>(
  pool: pg.Pool,
  projection: string,
  statement: (version: number) => string,
): ((values: readonly unknown[]) => Promise<readonly Row[]>) => {
  let version = 1;
  let text = statement(version);
  const use = (next: number): void => {
    version = next;
    text = statement(next);
  };
  return async (values) => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const rows = await selectOnce<Row>(pool, { name: `${projection}-${version}-${hash(text)}`, text, values });
      const active = rows?.[0]?.version ?? (await activeVersion(pool, projection));
      if (rows && active === version) return rows;
      use(active);
    }
    throw new Error(`The active version of the projection ${projection} keeps changing.`);
  };
};

const undefinedTable = '42P01';

const selectOnce = async <Row extends object>(
  pool: pg.Pool,
  query: { name: string; text: string; values: readonly unknown[] },
): Promise<(Row & { version: number })[] | undefined> => {
  try {
    const { rows } = await pool.query<Row & { version: number }>({ ...query, values: [...query.values] });
    return rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === undefinedTable) return undefined;
    throw error;
  }
};

const activeVersion = async (pool: pg.Pool, projection: string): Promise<number> => {
  const { rows } = await pool.query<{ version: number }>(
    `select version from read.active_versions
     where projection = $1 and site_id = '00000000-0000-0000-0000-000000000000'`,
    [projection],
  );
  return rows[0]?.version ?? 1;
};

/** Names a prepared statement by its text: two selects of one projection must not share a name. */
const hash = (text: string): string => {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  return (value >>> 0).toString(36);
};
