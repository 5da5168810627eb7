import { siteRowSecurity } from '../schema/site-row-security.ts';

/**
 * The leads and locations a site has used. `folded` is the value without accents and case, compared byte by byte:
 * a range over it is a prefix search that row-level security leaves its index (LIKE would lose it).
 */
export const suggestionTables = (version: number): string => `
create table read.interaction_suggestion_facts_v${version} (
  site_id uuid not null,
  id uuid not null,
  lead text not null,
  location text not null,
  in_bin bool not null,
  position bigint not null,
  primary key (site_id, id)
);
${siteRowSecurity(`interaction_suggestion_facts_v${version}`, [])}

create table read.interaction_suggestions_v${version} (
  site_id uuid not null,
  field text not null check (field in ('lead', 'location')),
  value text not null,
  folded text collate "C" not null,
  uses bigint not null,
  primary key (site_id, field, value)
);
${siteRowSecurity(`interaction_suggestions_v${version}`, ['ims_query'])}
grant select on read.interaction_suggestions_v${version} to ims_query;
`;

export const suggestionIndexes = (version: number): string => `
create index interaction_suggestions_v${version}_prefix
  on read.interaction_suggestions_v${version} (site_id, field, folded);
`;
