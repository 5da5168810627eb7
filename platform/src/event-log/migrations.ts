import type { Migration } from '../database/migrate.ts';

/** The advisory lock that every append takes before anything else in its transaction: positions follow commits. */
export const appendLock = 7_305_196_244;

/** The channel on which the log's new head position is told. */
export const newEventsChannel = 'event_log';

const tables = `
create schema event_log;
create schema key_store;

create table event_log.events (
  position bigint primary key,
  stream text collate "C" not null,
  revision integer not null check (revision >= 0),
  command_id uuid not null,
  command_index integer not null,
  event_type text collate "C" not null,
  schema_version integer not null,
  data text not null,
  metadata text not null,
  unique (stream, revision),
  unique (command_id, command_index)
);

create table event_log.epochs (
  epoch integer primary key,
  reason text not null,
  started_at timestamptz not null default now()
);
insert into event_log.epochs (epoch, reason) values (1, 'created');

create table key_store.keys (
  subject text collate "C" primary key,
  master_key_id text not null,
  wrapped bytea,
  created_at timestamptz not null default now(),
  erased_at timestamptz
);
comment on column key_store.keys.wrapped is 'null: the key was deleted and must not come back';

create function event_log.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The event log is append-only: % of %.% is refused', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on event_log.events
  for each statement execute function event_log.refuse_change();
alter table event_log.events enable always trigger append_only;
create trigger append_only before update or delete or truncate on event_log.epochs
  for each statement execute function event_log.refuse_change();
alter table event_log.epochs enable always trigger append_only;
`;

/**
 * A whole flush in one call. Expected revisions: -1 no stream, -2 any, -3 stream exists, else exactly that one.
 * Events and keys name their append by its number in the flush, from 1. Statements in a volatile function see
 * what was committed before each of them (read committed), hence everything before the lock was given.
 *
 * Nearly every flush is plain: nothing repeated, all expectations met, no key twice. It is written set-based and
 * trusts the unique indexes to say so: looking first would cost as much as writing. `bases` then holds the last
 * revision of each append's stream before it. Otherwise `bases` is null, and the appends were judged one by one.
 */
const append = `
create function event_log.append(
  distinct_appends boolean,
  streams text[], expected integer[], command_ids uuid[],
  event_appends integer[], event_indexes integer[], event_types text[], schema_versions integer[],
  event_data text[], event_metadata text[],
  key_appends integer[], key_subjects text[], key_masters text[], key_values bytea[],
  out start_head bigint, out bases integer[],
  out outcomes text[], out found_streams text[], out found_revisions integer[], out found_positions bigint[],
  out request_hashes text[]
) language plpgsql volatile
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
as $$
declare
  head bigint;
  plain boolean := distinct_appends;
  first record;
  base integer;
  added integer;
  fits boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'event_log.append needs the isolation level read committed';
  end if;
  perform pg_advisory_xact_lock(${appendLock});
  select coalesce(max(e.position), 0) into start_head from event_log.events e;
  head := start_head;

  if plain and -1 = all (expected) then
    bases := expected;
  elsif plain then
    select array_agg(coalesce(last.revision, -1) order by a.number),
           bool_and(case a.expected when -2 then true when -3 then last.revision is not null
                    else coalesce(last.revision, -1) = a.expected end)
      into bases, plain
      from unnest(streams, expected) with ordinality as a(stream, expected, number)
      left join lateral (
        select e.revision from event_log.events e where e.stream = a.stream order by e.revision desc limit 1
      ) last on true;
  end if;

  if plain then
    begin
      if cardinality(key_subjects) > 0 then
        insert into key_store.keys (subject, master_key_id, wrapped)
          select k.subject, k.master, k.value
          from unnest(key_subjects, key_masters, key_values) as k(subject, master, value);
      end if;
      insert into event_log.events
          (position, stream, revision, command_id, command_index, event_type, schema_version, data, metadata)
        select start_head + v.number, streams[v.a], bases[v.a] + 1 + v.i, command_ids[v.a], v.i, v.t, v.s, v.d, v.m
        from unnest(event_appends, event_indexes, event_types, schema_versions, event_data, event_metadata)
          with ordinality as v(a, i, t, s, d, m, number);
      head := start_head + cardinality(event_appends);
    exception when unique_violation then
      plain := false;
    end;
  end if;

  if not plain then
    bases := null;
    outcomes := array_fill(null::text, array[cardinality(streams)]);
    found_streams := outcomes;
    request_hashes := outcomes;
    found_revisions := array_fill(null::integer, array[cardinality(streams)]);
    found_positions := array_fill(null::bigint, array[cardinality(streams)]);
    for place in 1 .. cardinality(streams) loop
      select e.stream, e.revision, e.position, (e.metadata::json) ->> 'requestHash' as request_hash into first
        from event_log.events e where e.command_id = command_ids[place] order by e.command_index desc limit 1;
      if found then
        outcomes[place] := 'repeated';
        found_streams[place] := first.stream;
        found_revisions[place] := first.revision;
        found_positions[place] := first.position;
        request_hashes[place] := first.request_hash;
        continue;
      end if;

      select e.revision into base from event_log.events e
        where e.stream = streams[place] order by e.revision desc limit 1;
      base := coalesce(base, -1);
      fits := case expected[place] when -2 then true when -3 then base >= 0 else base = expected[place] end;
      fits := fits and not exists (
        select from unnest(key_appends, key_subjects, key_values) as n(a, subject, value)
        join key_store.keys k on k.subject = n.subject
        where n.a = place and k.wrapped is distinct from n.value);
      if not fits then
        outcomes[place] := 'conflict';
        found_revisions[place] := base;
        continue;
      end if;

      insert into key_store.keys (subject, master_key_id, wrapped)
        select n.subject, n.master, n.value
        from unnest(key_appends, key_subjects, key_masters, key_values) as n(a, subject, master, value)
        where n.a = place on conflict do nothing;
      insert into event_log.events
          (position, stream, revision, command_id, command_index, event_type, schema_version, data, metadata)
        select head + 1 + v.i, streams[place], base + 1 + v.i, command_ids[place], v.i, v.t, v.s, v.d, v.m
        from unnest(event_appends, event_indexes, event_types, schema_versions, event_data, event_metadata)
          as v(a, i, t, s, d, m)
        where v.a = place;
      get diagnostics added = row_count;
      head := head + added;
      outcomes[place] := 'appended';
      found_revisions[place] := base + added;
      found_positions[place] := head;
    end loop;
  end if;

  if head > start_head then
    perform pg_notify('${newEventsChannel}', head::text);
  end if;
end $$;
`;

const grants = `
revoke all on function event_log.append from public;
grant usage on schema event_log, key_store to ims_command, ims_projector, ims_query;
grant select on event_log.events, event_log.epochs, key_store.keys to ims_command, ims_projector, ims_query;
grant insert on event_log.events, key_store.keys to ims_command;
grant execute on function event_log.append to ims_command;
`;

export const eventLogMigrations: readonly Migration[] = [
  { name: '0001-event-log', up: (run) => run(tables + append + grants) },
];
