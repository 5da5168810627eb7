/** What the search function puts its statements together from. Values stay parameters; only names of fixed lists become SQL. */
export const searchParts = (version: number): string =>
  ordering(version) + conditions(version) + matching(version) + share(version);

const ordering = (version: number): string => `
create function read.interaction_order_v${version}(p_sort text[]) returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_key text;
  v_column text;
  v_direction text;
  v_order text := '';
begin
  foreach v_key in array p_sort loop
    v_direction := split_part(v_key, ':', 2);
    v_column := case split_part(v_key, ':', 1)
      when 'title' then 'title' when 'type' then 'type' when 'lead' then 'lead'
      when 'startDateTime' then 'start_utc' when 'endDateTime' then 'end_utc' when 'timezone' then 'timezone'
      when 'location' then 'location' when 'status' then 'status'
      when 'createdAt' then 'created_at' when 'updatedAt' then 'updated_at' end;
    if v_column is null or v_direction not in ('asc', 'desc') then
      raise exception 'unknown sort key %', v_key using errcode = 'invalid_parameter_value';
    end if;
    v_order := v_order || v_column || ' ' || v_direction || ', ';
  end loop;
  return v_order || 'id ' || v_direction;
end $$;
`;

/**
 * The places of the values: $1 site, $2 query, $3 filters. They are parameters that the planner sees as constants;
 * one value is compared by "=", because only then an index that begins with the field still gives the sort order.
 */
const conditions = (version: number): string => `
create function read.filter_texts_v${version}(p_list jsonb) returns text[]
  language sql immutable parallel safe
  return (select array_agg(value) from jsonb_array_elements_text(p_list) as value);

create function read.interaction_conditions_v${version}(p_filters jsonb) returns text
  language sql immutable set search_path = ''
as $$
  select coalesce(string_agg(
      case when jsonb_array_length(p_filters -> name) = 1 then format(' and %s = ($3 #>> ''{%s,0}'')', field, name)
           else format(' and %s = any (read.filter_texts_v${version}($3 -> ''%s''))', field, name) end, ''), '')
    || case when p_filters ? 'createdBy' then
         ' and created_by = any (read.filter_texts_v${version}($3 -> ''createdBy'')::uuid[])' else '' end
    || case when p_filters ? 'startFrom' then
         ' and start_utc >= ($3 ->> ''startFrom'')::timestamptz and start_utc < ''infinity''' else '' end
    || case when p_filters ? 'startTo' then ' and start_utc < ($3 ->> ''startTo'')::timestamptz' else '' end
  from (values ('types', 'type'), ('statuses', 'status'), ('timezones', 'timezone')) as filters (name, field)
  where p_filters ? name
$$;

-- What may stand inside the probe, because an index in order of the start begins with it.
create function read.interaction_probe_filters_v${version}(p_filters jsonb, p_sort text) returns jsonb
  language sql immutable set search_path = ''
as $$
  select case when p_sort not like 'startDateTime:%' then '{}'
    when jsonb_array_length(p_filters -> 'types') = 1 then p_filters - array['statuses', 'timezones', 'createdBy']
    when jsonb_array_length(p_filters -> 'statuses') = 1 then p_filters - array['types', 'timezones', 'createdBy']
    else p_filters - array['types', 'statuses', 'timezones', 'createdBy'] end
$$;
`;

/**
 * Without notes, the index finds more than may be shown (a word of the notes, or a record that the notes would
 * exclude): it is asked for the positive part alone, and the whole query looks at the words of the other fields.
 */
const matching = (version: number): string => `
create function read.interaction_match_v${version}(p_query tsquery, p_filters jsonb) returns text
  language sql immutable set search_path = ''
as $$
  select case
    when p_filters ->> 'withoutNotes' is distinct from 'true' then ' and search @@ $2'
    else case when querytree(p_query) = 'T' then '' else ' and search @@ querytree($2)::tsquery' end
      || ' and case when notes = '''' then search else read.interaction_words_v${version}(title, lead, location,'
      || ' description, '''', type, timezone, start_local, end_local) end @@ $2'
  end
$$;
`;

/**
 * The planner's guess of a query's share of the site's records: 1 without statistics. Its own choice between index
 * and sort order is not used, because "order by … limit" makes it walk the whole order for a word that nobody wrote.
 */
const share = (version: number): string => `
create function read.interaction_share_v${version}(p_site uuid, p_query tsquery) returns float8
  language plpgsql set search_path = ''
as $$
declare
  v_rows float8;
  v_plan json;
begin
  select reltuples into v_rows from pg_catalog.pg_class
  where oid = pg_catalog.to_regclass('read.interactions_v${version}_' || replace(p_site::text, '-', ''));
  if v_rows is null or v_rows < 1 then
    return 1;
  end if;
  execute format('explain (format json) select from read.interactions_v${version}
                  where site_id = %L and deleted_at is null and search @@ %L::tsquery', p_site, p_query) into v_plan;
  return (v_plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8 / v_rows;
end $$;
`;
