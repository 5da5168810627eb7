import { searchParts } from './search-parts.ts';

/**
 * The one way to search a site's records (reviewed: it sees past row-level security, see `site-row-security.ts`).
 *
 * `p_query`: text for to_tsquery('read.ims', …), its words already through `read.split_words`; a word of one field is
 * restricted to that field's weight, such as 'rev':*A (A title, B lead, C location).
 * `p_filters`: {types, statuses, timezones, createdBy: text[]; startFrom, startTo: instants, startTo excluded;
 * withoutNotes: true for those who may not read notes, who must not find out by searching either}.
 * `p_sort`: such as {startDateTime:desc,title:asc}; `id` is added in the direction of the last.
 */
export const interactionSearch = (version: number): string => `
${searchParts(version)}
${hits(version)}
${search(version)}
${count(version)}
do $$
begin
  -- Only a role that may create in the schema can be given a function of it.
  grant create on schema read to ims_search;
  alter function read.search_interactions_v${version} owner to ims_search;
  alter function read.count_search_interactions_v${version} owner to ims_search;
  revoke create on schema read from ims_search;
end $$;
revoke execute on function read.search_interactions_v${version}, read.count_search_interactions_v${version} from public;
grant execute on function read.search_interactions_v${version}, read.count_search_interactions_v${version} to ims_query;
`;

/** What takes or gives back rows of the table; it goes before the table goes. */
export const interactionSearchFunctions = [
  'search_interactions',
  'count_search_interactions',
  'interaction_hits',
  'interaction_order',
  'interaction_conditions',
  'interaction_probe_filters',
  'filter_texts',
  'interaction_match',
  'interaction_share',
] as const;

const bitmapScansOnly = 'set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off';

/**
 * All hits from the index, then sorted; for searches whose page does not fill from the first records. The settings
 * leave only bitmap scans: without statistics the planner would read the whole site instead.
 */
const hits = (version: number): string => `
create function read.interaction_hits_v${version}(
  p_site uuid, p_query tsquery, p_filters jsonb, p_order text, p_limit int, p_offset int
) returns uuid[]
  language plpgsql
  set search_path = '' ${bitmapScansOnly}
as $$
declare
  v_ids uuid[];
begin
  execute format('with hits as materialized (
      select id, title, type, lead, start_utc, end_utc, timezone, location, status, created_at, updated_at
      from read.interactions_v${version} where site_id = $1 and deleted_at is null%s%s)
    select array_agg(id) from (select id from hits order by %s limit $4 offset $5) page',
    read.interaction_match_v${version}(p_query, p_filters), read.interaction_conditions_v${version}(p_filters), p_order)
  into v_ids using p_site, p_query, p_filters, p_limit, p_offset;
  return v_ids;
end $$;
revoke execute on function read.interaction_hits_v${version} from public;
grant execute on function read.interaction_hits_v${version} to ims_search;
`;

/**
 * A common word fills its page from the first 2,000 records in sort order; anything else takes the hits from the GIN
 * index. Most filters stand outside the probe: a rare time zone must not turn 2,000 records into all.
 */
const search = (version: number): string => `
create function read.search_interactions_v${version}(
  p_site uuid, p_query text, p_filters jsonb, p_sort text[], p_limit int, p_offset int
) returns setof read.interactions_v${version}
  language plpgsql security definer rows 25
  set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  v_query tsquery := to_tsquery('read.ims', p_query);
  v_order text := read.interaction_order_v${version}(p_sort);
  v_ids uuid[];
begin
  ${refuseOtherSite}
  if split_part(p_sort[1], ':', 1) in ('startDateTime', 'title', 'type', 'lead', 'status', 'updatedAt')
     and read.interaction_share_v${version}(p_site, v_query) * 2000 >= p_offset + p_limit then
    execute format('select array_agg(id) from (
        select id from (select * from read.interactions_v${version}
                        where site_id = $1 and deleted_at is null%s order by %s limit 2000) probe
        where true%s%s order by %s limit $4 offset $5) page',
      read.interaction_conditions_v${version}(read.interaction_probe_filters_v${version}(p_filters, p_sort[1])), v_order,
      read.interaction_match_v${version}(v_query, p_filters), read.interaction_conditions_v${version}(p_filters), v_order)
    into v_ids using p_site, v_query, p_filters, p_limit, p_offset;
  end if;
  if v_ids is null or cardinality(v_ids) < p_limit then
    v_ids := read.interaction_hits_v${version}(p_site, v_query, p_filters, v_order, p_limit, p_offset);
  end if;
  if v_ids is null then
    return;
  end if;
  return query select record.* from unnest(v_ids) with ordinality as hit (id, place)
    join read.interactions_v${version} record on record.site_id = p_site and record.id = hit.id order by place;
end $$;
`;

/** How many hits there are, at most one more than the cap: more than the cap means "not exact". */
const count = (version: number): string => `
create function read.count_search_interactions_v${version}(p_site uuid, p_query text, p_filters jsonb, p_cap int)
  returns bigint
  language plpgsql security definer
  set search_path = '' set plan_cache_mode = 'force_custom_plan' ${bitmapScansOnly}
as $$
declare
  v_query tsquery := to_tsquery('read.ims', p_query);
  v_count bigint;
begin
  ${refuseOtherSite}
  execute format('select count(*) from (select from read.interactions_v${version}
      where site_id = $1 and deleted_at is null%s%s limit $4 + 1) hits',
    read.interaction_match_v${version}(v_query, p_filters), read.interaction_conditions_v${version}(p_filters))
  into v_count using p_site, v_query, p_filters, p_cap::bigint;
  return v_count;
end $$;
`;

const refuseOtherSite = `if p_site is distinct from nullif(current_setting('ims.site', true), '')::uuid then
    raise exception 'the search is for another site than the transaction' using errcode = 'insufficient_privilege';
  end if;`;
