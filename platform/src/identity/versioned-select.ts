import { LRUCache } from 'lru-cache';
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
  const select = createSelect<Row>({ pool, projection, statement, send: (query) => pool.query(query) });
  return (values) => select(everySite, values);
};

/**
 * The same over tables whose rows belong to sites: the statement's `$1` is the site, the values begin at `$2`, and a site
 * may read another version than the rest. Works on a pipelined pool, where it is one message: the setting `ims.site`
 * that row-level security asks for lives and dies with the transaction.
 */
export const createSiteVersionedSelect = <Row extends object>(
  pool: pg.Pool,
  projection: string,
  statement: (version: number) => string,
): ((siteId: string, values: readonly unknown[]) => Promise<readonly Row[]>) => {
  const select = createSelect<Row>({
    pool,
    projection,
    statement,
    send: (query, siteId) => onSite(pool, siteId, query),
  });
  return (siteId, values) => select(siteId, [siteId, ...values]);
};

type Query = { name: string; text: string; values: unknown[] };
type Versioned<Row> = Row & { version: number };

type Select<Row extends object> = {
  readonly pool: pg.Pool;
  readonly projection: string;
  readonly statement: (version: number) => string;
  readonly send: (query: Query, siteId: string) => Promise<pg.QueryResult<Versioned<Row>>>;
};

const everySite = '00000000-0000-0000-0000-000000000000';

const createSelect = <Row extends object>({ pool, projection, statement, send }: Select<Row>) => {
  let version = 1;
  let text = statement(version);
  // Sites with a version of their own are few; the others share the one seen last.
  const own = new LRUCache<string, number>({ max: 100 });
  return async (siteId: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const used = own.get(siteId) ?? version;
      const usedText = used === version ? text : statement(used);
      const query = { name: `${projection}-${used}-${hash(usedText)}`, text: usedText, values: [...values] };
      const rows = await unlessUndefined(send(query, siteId));
      const active = rows?.[0]?.version ?? (await activeVersion(pool, projection, siteId)).version;
      if (rows && active === used) return rows;
      const common = await activeVersion(pool, projection, everySite);
      version = common.version;
      text = statement(version);
      if (active === version) own.delete(siteId);
      else own.set(siteId, active);
    }
    throw new Error(`The active version of the projection ${projection} keeps changing.`);
  };
};

const onSite = async <Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  siteId: string,
  query: Query,
): Promise<pg.QueryResult<Row>> => {
  const client = await pool.connect();
  const sent = [
    client.query('begin read only'),
    client.query(`select set_config('ims.site', $1, true)`, [siteId]),
    client.query<Row>(query),
    client.query('commit'),
  ] as const;
  const [begun, scoped, found, ended] = await Promise.allSettled(sent);
  const failed = [begun, scoped, found, ended].find(({ status }) => status === 'rejected');
  client.release(failed !== undefined);
  if (found.status === 'rejected') throw found.reason;
  if (failed?.status === 'rejected') throw failed.reason;
  return found.value;
};

const undefinedTable = '42P01';

const unlessUndefined = async <Row extends object>(
  sent: Promise<pg.QueryResult<Versioned<Row>>>,
): Promise<readonly Versioned<Row>[] | undefined> => {
  try {
    return (await sent).rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === undefinedTable) return undefined;
    throw error;
  }
};

const activeVersion = async (pool: pg.Pool, projection: string, siteId: string): Promise<{ version: number }> => {
  const { rows } = await pool.query<{ version: number }>(
    `select version from read.active_versions
     where projection = $1 and site_id in ($2, '${everySite}') order by site_id = $2 desc limit 1`,
    [projection, siteId],
  );
  return rows[0] ?? { version: 1 };
};

/** Names a prepared statement by its text: two selects of one projection must not share a name. */
const hash = (text: string): string => {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  return (value >>> 0).toString(36);
};
