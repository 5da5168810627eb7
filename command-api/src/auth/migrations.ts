import type { Migration } from '@ims/platform/database/migrate';

const writeSide = `
create schema write_side;
grant usage on schema write_side to ims_command;

create table write_side.credentials (
  user_id uuid primary key,
  password_hash text not null,
  changed_at timestamptz not null default now(),
  must_change boolean not null default false
);

create table write_side.sessions (
  id uuid primary key,
  user_id uuid not null,
  remember boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text,
  user_agent_hash bytea
);
create index sessions_user on write_side.sessions (user_id);

create table write_side.refresh_tokens (
  hash bytea primary key check (length(hash) = 32),
  session_id uuid not null references write_side.sessions (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on write_side.refresh_tokens (session_id);

create table write_side.signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  sealed_private_jwk text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

create table write_side.reservations (
  kind text not null check (kind in ('username', 'email', 'site-name')),
  key text not null,
  stream text not null,
  command_id uuid not null,
  state text not null check (state in ('pending', 'confirmed')),
  created_at timestamptz not null default now(),
  primary key (kind, key)
);
create index reservations_command on write_side.reservations (command_id);

grant select, insert, update, delete on
  write_side.credentials, write_side.sessions, write_side.refresh_tokens, write_side.reservations to ims_command;
grant select, insert, update on write_side.signing_keys to ims_command;
`;

/** The write side's own tables: secrets and names that must be unique. Needs the service roles. */
export const authMigrations: readonly Migration[] = [{ name: 'write-0001-write-side', up: (run) => run(writeSide) }];
