/**
 * Who stands by for a projection, so that several projectors share the work: whoever leads sees who waits with fewer
 * leases and hands one over. Unlogged, because it says nothing that outlives the processes.
 */
export const projectorTables = `
create unlogged table read.waiting_projectors (
  owner uuid not null,
  projection text not null,
  version int not null,
  seen_at timestamptz not null,
  primary key (owner, projection, version)
);
grant select on read.waiting_projectors to ims_query, ims_command;
grant select, insert, update, delete on read.waiting_projectors to ims_projector;

create function read.leases_of(p_owner uuid) returns bigint
  language sql stable set search_path = ''
  return (select pg_catalog.count(*) from read.projection_checkpoints
          where owner = p_owner and lease_expires_at > pg_catalog.clock_timestamp());
revoke execute on function read.leases_of from public;
grant execute on function read.leases_of to ims_projector;
`;
