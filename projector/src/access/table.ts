/**
 * Sites, who may do what on them, and who may do what everywhere. No row-level security by site: every request reads
 * these rows to find out whether its caller may enter the site at all, and a person's list of sites crosses them.
 * They hold no content of interactions and no names of people.
 */
export const accessTables = (version: number): string => `
create table read.sites_v${version} (
  site_id uuid primary key,
  name text collate read.natural not null,
  description text not null,
  active bool not null,
  settings jsonb not null,
  interaction_types text[] not null,
  retired_types text[] not null,
  revision int not null,
  position bigint not null
);

create table read.site_members_v${version} (
  site_id uuid not null,
  user_id uuid not null,
  role text not null,
  revision int not null,
  position bigint not null,
  primary key (site_id, user_id)
);

create table read.access_users_v${version} (
  user_id uuid primary key,
  active bool not null,
  system_roles text[] not null,
  position bigint not null
);

grant select on read.sites_v${version}, read.site_members_v${version}, read.access_users_v${version}
  to ims_projector, ims_query, ims_command;
grant insert, update, delete on read.sites_v${version}, read.site_members_v${version}, read.access_users_v${version}
  to ims_projector;
`;

export const accessIndexes = (version: number): string => `
create index site_members_v${version}_user on read.site_members_v${version} (user_id, site_id);
`;
