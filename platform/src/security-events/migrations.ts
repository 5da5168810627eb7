import type { Migration } from '../database/migrate.ts';

/**
 * Where security events wait for their place in the log. A refused read must be recorded by a service that may not
 * append, and a sign-in must not wait for a log that is away: both write a row here, and the command API moves it on.
 */
const inbox = `
create schema security;
grant usage on schema security to ims_command, ims_query;
create table security.inbox (
  id uuid primary key,
  sealed text not null,
  created_at timestamptz not null default now()
);
create index inbox_oldest on security.inbox (created_at, id);
grant insert on security.inbox to ims_query;
grant select, insert, update, delete on security.inbox to ims_command;
`;

export const securityMigrations: readonly Migration[] = [{ name: 'security-0001-inbox', up: (run) => run(inbox) }];
