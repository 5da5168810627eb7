import { interactionStatuses } from '@ims/contracts/interactions/lifecycle';
import { Autocomplete, MultiSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { interactionTypes, leads, locations } from '#api/interactions.ts';
import { useSite } from '#app/site-context.ts';
import { Button } from '#ui/button.tsx';
import { DateField } from '#ui/date-field.tsx';
import { viewerZone, wallTimeIn } from '#ui/date-words.ts';
import { field, listField, pillField } from '#ui/fields.ts';
import { StatusMark } from '#ui/status-mark.tsx';
import { timeZones } from '#ui/time-zones.ts';
import { dayRanges } from './day-ranges.ts';
import styles from './filter-panel.module.css';
import type { FinderQuery } from './finder-url.ts';

type FilterPanelProps = { readonly query: FinderQuery; readonly change: (query: FinderQuery) => void };
const pauseMs = 400;

/** A text that is handed on when typing pauses. */
const useTyped = (value: string, change: (value: string) => void): readonly [string, (value: string) => void] => {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (text: string): void => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change(text.trim()), pauseMs);
  };
  return [typed, type];
};

const TextFilters = ({ query, change }: FilterPanelProps) => {
  const { siteId } = useSite();
  const [title, typeTitle] = useTyped(query.title, (text) => change({ ...query, title: text }));
  const [lead, typeLead] = useTyped(query.lead, (text) => change({ ...query, lead: text }));
  const [location, typeLocation] = useTyped(query.location, (text) => change({ ...query, location: text }));
  const leadNames = useQuery(leads(siteId, lead)).data ?? [];
  const locationNames = useQuery(locations(siteId, location)).data ?? [];
  return (
    <>
      <TextInput
        {...field}
        label="Title"
        value={title}
        onChange={(event) => typeTitle(event.target.value)}
        data-autofocus
      />
      <Autocomplete
        {...listField}
        label="Lead"
        value={lead}
        data={[...new Set(leadNames)]}
        filter={({ options }) => options}
        onChange={typeLead}
      />
      <Autocomplete
        {...listField}
        label="Location"
        value={location}
        data={[...new Set(locationNames)]}
        filter={({ options }) => options}
        onChange={typeLocation}
      />
    </>
  );
};

const DateFilters = ({ query, change }: FilterPanelProps) => {
  const today = wallTimeIn(Date.now(), viewerZone()).slice(0, 10);
  return (
    <>
      <div className={styles.dates}>
        <DateField label="From" value={query.startFrom} onChange={(startFrom) => change({ ...query, startFrom })} />
        <DateField label="To" value={query.startTo} onChange={(startTo) => change({ ...query, startTo })} />
      </div>
      <div className={styles.quick}>
        {dayRanges(today).map(({ label, ...range }) => (
          <Button key={label} onClick={() => change({ ...query, ...range })}>
            {label}
          </Button>
        ))}
      </div>
    </>
  );
};

/** Every filter of the Finder; each takes effect as it is chosen. */
export const FilterPanel = ({ query, change }: FilterPanelProps) => {
  const { siteId } = useSite();
  const types = useQuery(interactionTypes(siteId)).data ?? [];
  const typeNames = [...new Set([...types.map(({ name }) => name), ...query.type])];
  const toggle = (status: FinderQuery['status'][number]): FinderQuery['status'] =>
    query.status.includes(status) ? query.status.filter((one) => one !== status) : [...query.status, status];
  return (
    <div className={styles.fields}>
      <TextFilters query={query} change={change} />
      <MultiSelect
        {...pillField}
        label="Type"
        data={typeNames}
        value={[...query.type]}
        onChange={(type) => change({ ...query, type })}
      />
      <DateFilters query={query} change={change} />
      <div className={styles.wide}>
        <MultiSelect
          {...pillField}
          label="Time zone"
          searchable
          limit={30}
          data={timeZones([...query.timezone])}
          value={[...query.timezone]}
          onChange={(timezone) => change({ ...query, timezone })}
        />
      </div>
      <fieldset className={styles.statuses}>
        <legend>Status</legend>
        {interactionStatuses.map((status) => (
          <label key={status} className={styles.status}>
            <input
              type="checkbox"
              checked={query.status.includes(status)}
              onChange={() => change({ ...query, status: toggle(status) })}
            />
            <StatusMark status={status} />
          </label>
        ))}
      </fieldset>
    </div>
  );
};
