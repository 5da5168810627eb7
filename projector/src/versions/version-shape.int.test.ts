import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRebuildWorld, type RebuildWorld } from '../testing/rebuild-world.ts';

let world: RebuildWorld;
beforeAll(async () => {
  world = await createRebuildWorld();
  await world.record(3);
  await world.settled();
  for (const name of ['interactions', 'statistics', 'suggestions', 'access', 'users']) {
    const answer = await world.operations().rebuild(name, {}, () => undefined, new AbortController().signal);
    if (typeof answer !== 'string') throw new Error(answer.message);
  }
});
afterAll(() => world.stop());

/** What PostgreSQL knows of everything whose name carries a version; `n` stands for the number. */
const catalogues: Readonly<Record<string, string>> = {
  tables: `select relname as name, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relispartition,
      array(select unnest(relacl)::text order by 1) as acl, pg_get_userbyid(relowner) as owner
    from pg_class where relkind in ('r', 'p')`,
  columns: `select relname as name, attname, attnum, format_type(atttypid, atttypmod) as type, attnotnull, attgenerated,
      attcollation::regcollation::text as collation, pg_get_expr(adbin, adrelid) as default, attacl::text as acl
    from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    left join pg_attrdef on adrelid = attrelid and adnum = attnum where relkind in ('r', 'p')`,
  indexes: `select relname as name, pg_get_indexdef(pg_class.oid) as definition, relpersistence, indisvalid, indisprimary
    from pg_class join pg_index on indexrelid = pg_class.oid`,
  constraints: `select conname as name, conrelid::regclass::text as relation, pg_get_constraintdef(pg_constraint.oid) as definition
    from pg_constraint`,
  policies: `select tablename as name, policyname, permissive, array_to_string(roles, ',') as roles, cmd, qual, with_check
    from pg_policies`,
  functions: `select proname as name, pg_get_functiondef(oid) as definition, pg_get_userbyid(proowner) as owner,
      array(select unnest(proacl)::text order by 1) as acl from pg_proc where prokind = 'f'`,
};

const shapeOf = async (catalogue: string, version: number): Promise<readonly string[]> => {
  const schema = catalogue === 'policies' ? `schemaname = 'read'` : `true`;
  const { rows } = await world.test.owner.query<Record<string, unknown>>(
    `select * from (${catalogues[catalogue]}) as known where name ~ $1 and ${catalogue === 'policies' ? 'true' : schema}`,
    [`_v${version}(_|$)`],
  );
  return rows.map((row) => JSON.stringify(row).replaceAll(`_v${version}`, '_vN')).sort();
};

it.each(Object.keys(catalogues))('makes the same %s at a rebuild as the migrations made', async (catalogue) => {
  const made = await shapeOf(catalogue, 1);
  expect(made.length).toBeGreaterThan(0);
  expect(await shapeOf(catalogue, 2)).toEqual(made);
});
