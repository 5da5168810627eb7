/**
 * Makes a site's partition of a read table; true when it was missing. `create … partition of` would wait behind every
 * open reader and make new readers queue behind it, `attach` waits for none of them: so the partition is made beside
 * its parent (indexes, policies and all) and then attached. It runs as the owner, because the projector owns nothing.
 * Who calls it retries on SQLSTATE 55P03: whoever holds the parent for longer than 200 ms must not be queued behind.
 */
export const ensureSitePartition = `
create function read.ensure_site_partition(p_table text, p_site uuid) returns boolean
  language plpgsql security definer
  set search_path = '' set lock_timeout = '200ms'
as $$
declare
  v_partition text := p_table || '_' || replace(p_site::text, '-', '');
  v_policy record;
begin
  if not exists (
    select from pg_catalog.pg_partitioned_table
    join pg_catalog.pg_class on pg_class.oid = partrelid
    where relnamespace = 'read'::pg_catalog.regnamespace and relname = p_table
  ) then
    raise exception 'read.% is not partitioned by site', p_table using errcode = 'invalid_parameter_value';
  end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(v_partition, 0));
  if pg_catalog.to_regclass('read.' || v_partition) is not null then
    return false;
  end if;
  execute format('create table read.%I (like read.%I including all)', v_partition, p_table);
  execute format('alter table read.%I enable row level security', v_partition);
  execute format('alter table read.%I force row level security', v_partition);
  for v_policy in
    select policyname, cmd, array_to_string(roles, ', ') as roles, qual, with_check
    from pg_catalog.pg_policies where schemaname = 'read' and tablename = p_table
  loop
    execute format('create policy %I on read.%I for %s to %s using (%s)%s', v_policy.policyname, v_partition,
                   v_policy.cmd, v_policy.roles, v_policy.qual,
                   coalesce(' with check (' || v_policy.with_check || ')', ''));
  end loop;
  execute format('alter table read.%I attach partition read.%I for values in (%L)', p_table, v_partition, p_site);
  return true;
end $$;
revoke execute on function read.ensure_site_partition from public;
grant execute on function read.ensure_site_partition to ims_projector;
`;
