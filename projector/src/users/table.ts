/** People, once for the whole organization: records of every site name them, so there is no row-level security by site. */
export const usersTable = (version: number): string => `
create table read.users_v${version} (
  user_id uuid primary key,
  username text not null,
  email text not null,
  display_name text collate read.natural not null,
  timezone text not null,
  active bool not null,
  default_site_id uuid,
  revision int not null,
  position bigint not null
);
grant select on read.users_v${version} to ims_projector, ims_query, ims_command;
grant insert, update, delete on read.users_v${version} to ims_projector;
`;

export const userIndexes = (version: number): string => `
create index users_v${version}_username on read.users_v${version} (lower(username));
create index users_v${version}_email on read.users_v${version} (lower(email));
create index users_v${version}_name on read.users_v${version} (display_name, user_id);
`;
