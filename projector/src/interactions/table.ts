import { siteRowSecurity } from '../schema/site-row-security.ts';

/** The weights of the search vector; `read.search_interactions` and the field filters of the query API rely on them. */
const searchVector = (version: number): string => `
create function read.interaction_words_v${version}(
  title text, lead text, location text, description text, notes text, type text, timezone text,
  start_local text, end_local text
) returns tsvector
  language sql immutable parallel safe
  return pg_catalog.setweight(pg_catalog.to_tsvector('read.ims'::pg_catalog.regconfig, read.split_words(title)), 'A')
    || pg_catalog.setweight(pg_catalog.to_tsvector('read.ims'::pg_catalog.regconfig, read.split_words(lead)), 'B')
    || pg_catalog.setweight(pg_catalog.to_tsvector('read.ims'::pg_catalog.regconfig, read.split_words(location)), 'C')
    || pg_catalog.to_tsvector('read.ims'::pg_catalog.regconfig, read.split_words(
         description || ' ' || notes || ' ' || type || ' ' || timezone || ' '
         || coalesce(pg_catalog."left"(start_local, 10), '') || ' ' || coalesce(pg_catalog."left"(end_local, 10), '')));
`;

/** Finder rows. A record without a start or end sorts at infinity: sort keys are never null. */
export const interactionsTable = (version: number): string => {
  const table = `interactions_v${version}`;
  return `
${searchVector(version)}
create table read.${table} (
  site_id uuid not null,
  id uuid not null,
  title text collate read.natural not null,
  type text collate read.natural not null,
  lead text collate read.natural not null,
  start_local text,
  end_local text,
  timezone text not null,
  start_offset text,
  end_offset text,
  start_utc timestamptz not null,
  end_utc timestamptz not null,
  location text collate read.natural not null,
  description text not null,
  notes text not null,
  status text not null,
  revision int not null,
  position bigint not null,
  created_by uuid not null,
  created_at timestamptz not null,
  updated_by uuid not null,
  updated_at timestamptz not null,
  deleted_by uuid,
  deleted_at timestamptz,
  search tsvector not null generated always as (read.interaction_words_v${version}(
    title, lead, location, description, notes, type, timezone, start_local, end_local)) stored,
  primary key (site_id, id)
) partition by list (site_id);

${siteRowSecurity(table, ['ims_query', 'ims_command'])}
grant select on read.${table} to ims_query, ims_search;
-- Enough for the warning about a title that is already there.
grant select (site_id, id, title, start_utc, deleted_at) on read.${table} to ims_command;
`;
};

/**
 * Every index can be read in both directions because `id`, which ends every sort, goes the way of the key before it.
 * In the bin (`deleted_at`) a record keeps its status; those rows stand in an index of their own.
 */
export const interactionsIndexes = (version: number): string => {
  const table = `interactions_v${version}`;
  const index = (name: string, columns: string): string =>
    `create index ${table}_${name} on read.${table} (site_id, ${columns}) where deleted_at is null;`;
  return `
${index('start', 'start_utc desc, id desc')}
${index('type', 'type, start_utc desc, id desc')}
${index('lead', 'lead, start_utc desc, id desc')}
${index('status', 'status, start_utc desc, id desc')}
${index('title', 'title, id')}
${index('updated', 'updated_at desc, id desc')}
create index ${table}_bin on read.${table} (site_id, deleted_at desc, id desc) where deleted_at is not null;
create index ${table}_search on read.${table} using gin (search) with (fastupdate = off) where deleted_at is null;
`;
};
