/**
 * Row-level security of a table whose rows belong to sites. Readers see the rows of the site in the setting
 * `ims.site` of their transaction and without it none; the projector writes for every site.
 *
 * `ims_search` sees all rows: any condition here would come before the reader's own and, as full-text operators are
 * not leakproof, cost the search function its index. The function itself compares its site with `ims.site`, and
 * nobody can sign in as its owner.
 */
export const siteRowSecurity = (table: string, readers: readonly string[]): string => `
alter table read.${table} enable row level security;
alter table read.${table} force row level security;
create policy projected_rows on read.${table} for all to ims_projector using (true) with check (true);
create policy searched_rows on read.${table} for select to ims_search using (true);
grant select, insert, update, delete on read.${table} to ims_projector;
${readers.map((role) => readerPolicy(table, role)).join('')}`;

const readerPolicy = (table: string, role: string): string => `
create policy rows_of_the_site_for_${role} on read.${table} for select to ${role}
  using (site_id = nullif(pg_catalog.current_setting('ims.site', true), '')::uuid);
`;
