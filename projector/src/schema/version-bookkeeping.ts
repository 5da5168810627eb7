/**
 * Several versions of a projection's tables stand side by side; the row of each in `projection_checkpoints` says how it
 * was made and how far it is. `phase`: `rebuilding` while it is filled from the log, `ready` when nobody reads it yet,
 * `live` when readers use it or did. `epoch` is the life of the log that `position` belongs to. What the runner reports
 * about itself (`events_per_second`, `last_error`, `stopped`) stands here because operators ask from other processes.
 */
export const versionBookkeeping = `
alter table read.projection_checkpoints
  add column epoch int not null default 1,
  add column site_id uuid,
  add column phase text not null default 'live' check (phase in ('rebuilding', 'ready', 'live', 'dropping')),
  add column paused boolean not null default false,
  add column throttle int,
  add column processed bigint not null default 0,
  add column total bigint not null default 0,
  add column events_per_second double precision not null default 0,
  add column last_event_at timestamptz,
  add column stopped boolean not null default false,
  add column last_error text,
  add column reported_at timestamptz,
  add column built_at timestamptz,
  add column verified_at timestamptz,
  add column differences int;
alter table read.active_versions
  add column previous int,
  add column switched_at timestamptz not null default now();

-- No content of people in the error: operators read it.
create table read.dead_letters (
  id uuid primary key,
  projection text not null,
  version int not null,
  stream text not null,
  site_id uuid,
  position bigint not null,
  revision int not null,
  event_id uuid not null,
  event_type text not null,
  error text not null,
  parked_at timestamptz not null default now(),
  waiting_events int not null default 0,
  state text not null default 'parked' check (state in ('parked', 'resolved', 'skipped')),
  settled_at timestamptz
);
-- One event of a stream is in the way; those behind it wait without being named.
create unique index dead_letters_parked on read.dead_letters (projection, version, stream) where state = 'parked';
create index dead_letters_of_site on read.dead_letters (site_id) where state = 'parked';
grant select on read.dead_letters to ims_query, ims_command;
grant select, insert, update, delete on read.dead_letters to ims_projector;
`;
