import type { Migration } from '../database/migrate.ts';

/** What operators asked of the projector, kept for ever: who, when, what, and what became of it. */
const requests = `
create schema operations;
grant usage on schema operations to ims_projector, ims_query, ims_command;
create table operations.requests (
  id uuid primary key,
  operation text not null,
  projection text not null,
  site_id uuid,
  version int,
  dead_letter_id uuid,
  throttle int,
  dry_run boolean not null default false,
  requested_by uuid,
  requested_at timestamptz not null default now(),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'refused', 'failed')),
  answer text,
  taken_by uuid,
  taken_at timestamptz,
  finished_at timestamptz
);
create index requests_open on operations.requests (requested_at) where state in ('waiting', 'running');
create index requests_newest on operations.requests (requested_at desc);
grant select on operations.requests to ims_query;
grant select, insert on operations.requests to ims_command;
grant select, insert, update on operations.requests to ims_projector;
`;

export const operationsMigrations: readonly Migration[] = [
  { name: 'operations-0001-requests', up: (run) => run(requests) },
];
