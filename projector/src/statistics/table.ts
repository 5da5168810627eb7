import { siteRowSecurity } from '../schema/site-row-security.ts';

/** How many records a site has; `interaction_facts` keeps what each record counted for, so that it can be taken back. */
export const statisticsTables = (version: number): string => `
create table read.interaction_facts_v${version} (
  site_id uuid not null,
  id uuid not null,
  type text not null,
  status text not null,
  in_bin bool not null,
  position bigint not null,
  primary key (site_id, id)
);
${siteRowSecurity(`interaction_facts_v${version}`, [])}

create table read.interaction_counts_v${version} (
  site_id uuid not null,
  dimension text not null check (dimension in ('all', 'type', 'status', 'bin')),
  value text not null,
  uses bigint not null,
  primary key (site_id, dimension, value)
);
${siteRowSecurity(`interaction_counts_v${version}`, ['ims_query'])}
grant select on read.interaction_counts_v${version} to ims_query;
`;
