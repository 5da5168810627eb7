/**
 * What every read table stands on. The text search configuration and the collation are named as constants in
 * columns and indexes, so they are made once and never changed: another rule for words or order is a new name.
 */
export const readSchema = `
create schema read;
grant usage on schema read to ims_projector, ims_query, ims_command, ims_search;

create extension if not exists unaccent;
create text search configuration read.ims (copy = pg_catalog.simple);
do $$
begin
  -- The extension may already live in another schema of a database that is not ours alone.
  execute (
    select format('alter text search configuration read.ims alter mapping for asciiword, word, numword, asciihword,
                     hword, numhword, hword_asciipart, hword_part, hword_numpart with %I.unaccent, pg_catalog.simple',
                  nspname)
    from pg_catalog.pg_extension
    join pg_catalog.pg_namespace on pg_namespace.oid = extnamespace
    where extname = 'unaccent'
  );
end $$;

-- Accents and case count only between equals, and "Room 2" comes before "Room 10".
create collation read.natural (provider = icu, locale = 'und-u-kn-true');

-- Both sides of a search pass here: "x@acme.com" is found by "acme", "2026-03-15" is three words. Without it the parser
-- would also keep "+32" and "l’avenir" whole, and take "<x@acme.com>" for a tag, which it drops.
create function read.split_words(value text) returns text
  language sql immutable parallel safe
  return pg_catalog.translate(value, '-@/.+<>&_’‘ʼ', '            ');
`;

/**
 * How far each version of a projection is, who writes it, which version readers use, and when a site's rows changed
 * last. Positions say nothing about a site's content, so these tables have no row-level security.
 */
export const bookkeepingTables = `
create table read.projection_checkpoints (
  projection text not null,
  version int not null,
  position bigint not null default 0,
  owner uuid,
  lease_expires_at timestamptz,
  fence bigint not null default 0,
  primary key (projection, version)
);

create table read.active_versions (
  projection text not null,
  site_id uuid not null,
  version int not null,
  primary key (projection, site_id)
);

create table read.site_generations (
  site_id uuid not null,
  projection text not null,
  generation bigint not null,
  primary key (site_id, projection)
);

insert into read.active_versions (projection, site_id, version)
select projection, '00000000-0000-0000-0000-000000000000', 1
from unnest(array['interactions', 'statistics', 'suggestions', 'access', 'users']) as projection;

grant select on read.projection_checkpoints, read.active_versions, read.site_generations
  to ims_projector, ims_query, ims_command;
grant insert, update, delete on read.projection_checkpoints, read.active_versions, read.site_generations
  to ims_projector;
`;
