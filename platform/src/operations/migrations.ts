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

/**
 * How far a verification is, every row it found to differ (keys only, no content), and which requests stand for the
 * projections of one that named all.
 */
const findings = `
alter table operations.requests
  add column done bigint,
  add column total bigint,
  add column part_of uuid references operations.requests (id);
create index requests_parts on operations.requests (part_of) where part_of is not null;
create table operations.differences (
  request_id uuid not null references operations.requests (id),
  number int not null,
  projection text not null,
  version int not null,
  table_name text not null,
  row_key jsonb not null,
  difference text not null,
  primary key (request_id, number)
);
grant select on operations.differences to ims_query, ims_command;
grant select, insert, delete on operations.differences to ims_projector;
`;

export const operationsMigrations: readonly Migration[] = [
  { name: 'operations-0001-requests', up: (run) => run(requests) },
  { name: 'operations-0002-findings', up: (run) => run(findings) },
];
