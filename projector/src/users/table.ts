const signInsTable = (version: number): string => `
create table if not exists read.user_sign_ins_v${version} (
  user_id uuid primary key,
  last_sign_in_at timestamptz,
  locked_until timestamptz,
  position bigint not null
);
grant select on read.user_sign_ins_v${version} to ims_projector, ims_query, ims_command;
grant insert, update, delete on read.user_sign_ins_v${version} to ims_projector;
`;

/** For a database whose tables of people were made before people were invited and their sign-ins shown. */
export const invitedUsers = `
do $$
declare existing text;
begin
  for existing in select substring(tablename from 'users_v(\\d+)$') from pg_tables
                  where schemaname = 'read' and tablename ~ '^users_v\\d+$' loop
    execute format('alter table read.users_v%s add column if not exists invited bool not null default false', existing);
    execute replace($sql$${signInsTable(0)}$sql$, '_v0', '_v' || existing);
  end loop;
end $$;
`;

/** People, once for the whole organization: records of every site name them, so there is no row-level security by site. */
export const usersTable = (version: number): string => `
create table read.users_v${version} (
  user_id uuid primary key,
  username text not null,
  email text not null,
  display_name text collate read.natural not null,
  timezone text not null,
  active bool not null,
  invited bool not null default false,
  default_site_id uuid,
  revision int not null,
  position bigint not null
);
grant select on read.users_v${version} to ims_projector, ims_query, ims_command;
grant insert, update, delete on read.users_v${version} to ims_projector;
${signInsTable(version)}`;

export const userIndexes = (version: number): string => `
create index users_v${version}_username on read.users_v${version} (lower(username));
create index users_v${version}_email on read.users_v${version} (lower(email));
create index users_v${version}_name on read.users_v${version} (display_name, user_id);
`;
