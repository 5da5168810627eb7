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

const identity = `
alter table write_side.sessions
  add column method text not null default 'password' check (method in ('password', 'external')),
  add column browser text not null default '',
  add column system text not null default '';

create table write_side.password_history (
  user_id uuid not null,
  password_hash text not null,
  replaced_at timestamptz not null default now()
);
create index password_history_user on write_side.password_history (user_id, replaced_at desc);

create table write_side.sign_in_guards (
  user_id uuid not null,
  device text not null,
  failures int not null default 0,
  last_failure_at timestamptz,
  locked_until timestamptz,
  primary key (user_id, device)
);

create table write_side.one_time_links (
  hash bytea primary key check (length(hash) = 32),
  kind text not null check (kind in ('password-reset', 'invitation')),
  user_id uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index one_time_links_user on write_side.one_time_links (user_id, kind) where used_at is null;

create table write_side.external_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null,
  linked_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index external_identities_user on write_side.external_identities (user_id);

create table write_side.outbox (
  id uuid primary key,
  template text not null,
  sealed text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  next_attempt_at timestamptz not null default now(),
  attempts int not null default 0,
  sent_at timestamptz,
  given_up_at timestamptz,
  last_error text
);
create index outbox_waiting on write_side.outbox (next_attempt_at) where sent_at is null and given_up_at is null;

grant select, insert, update, delete on
  write_side.password_history, write_side.sign_in_guards, write_side.one_time_links,
  write_side.external_identities, write_side.outbox to ims_command;

grant usage on schema write_side to ims_query;
grant select (id, user_id, revoked_at, expires_at) on write_side.sessions to ims_query;
grant select on write_side.external_identities to ims_query;
`;

const invitationsAndIdentities = `
create table write_side.invitation_mails (
  command_id uuid primary key,
  address_hash bytea not null check (length(address_hash) = 32),
  inviter_id uuid not null,
  created_at timestamptz not null default now()
);
create index invitation_mails_address on write_side.invitation_mails (address_hash);
create index invitation_mails_inviter on write_side.invitation_mails (inviter_id);
create index invitation_mails_age on write_side.invitation_mails (created_at);
grant select, insert, update, delete on write_side.invitation_mails to ims_command;

delete from write_side.external_identities later using write_side.external_identities earlier
where earlier.issuer = later.issuer and earlier.user_id = later.user_id
  and (earlier.linked_at, earlier.subject) < (later.linked_at, later.subject);
create unique index external_identities_issuer_user on write_side.external_identities (issuer, user_id);
`;

/** The write side's own tables: secrets and names that must be unique. Needs the service roles. */
export const authMigrations: readonly Migration[] = [
  { name: 'write-0001-write-side', up: (run) => run(writeSide) },
  { name: 'write-0002-identity', up: (run) => run(identity) },
  { name: 'write-0003-invitations-and-identities', up: (run) => run(invitationsAndIdentities) },
];
