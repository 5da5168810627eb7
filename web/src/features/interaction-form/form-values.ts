import type { Interaction } from '@ims/contracts/interactions/api';
import type { SomeInteractionFields } from '@ims/contracts/interactions/fields';
import { wallTimeIn } from '#ui/date-words.ts';

/** What the form holds: as the record, with days and times apart, because that is how they are typed. */
export type FormValues = {
  title: string;
  type: string;
  lead: string;
  startDate: string;
  startTime: string;
  endDate: string;
  endTime: string;
  timezone: string;
  location: string;
  description: string;
  notes: string;
};
export type FieldName = keyof FormValues;

const halfHourMs = 1_800_000;
const usualDurationMs = 3_600_000;

const splitTime = (wallTime: string | null): readonly [day: string, time: string] => [
  wallTime?.slice(0, 10) ?? '',
  wallTime?.slice(11, 16) ?? '',
];

/** A new interaction: the next half hour of today, one hour long, in the given zone. */
export const newValues = (timezone: string, now: number): FormValues => {
  const start = Math.ceil(now / halfHourMs) * halfHourMs;
  const [startDate, startTime] = splitTime(wallTimeIn(start, timezone));
  const [endDate, endTime] = splitTime(wallTimeIn(start + usualDurationMs, timezone));
  return {
    title: '',
    type: '',
    lead: '',
    startDate,
    startTime,
    endDate,
    endTime,
    timezone,
    location: '',
    description: '',
    notes: '',
  };
};

/** The next one after “Save and new”: what tends to repeat stays. */
export const nextValues = (saved: FormValues): FormValues => ({
  ...saved,
  title: '',
  location: '',
  description: '',
  notes: '',
});

export const valuesOf = (record: Interaction): FormValues => {
  const [startDate, startTime] = splitTime(record.startDateTime);
  const [endDate, endTime] = splitTime(record.endDateTime);
  const { title, type, lead, timezone, location, description, notes } = record;
  return { title, type, lead, startDate, startTime, endDate, endTime, timezone, location, description, notes };
};

const joinTime = (day: string, time: string): string => {
  if (day === '' && time === '') return '';
  return `${day}T${time}`;
};

/** Every field as the API takes it. */
export const fieldsOf = (values: FormValues): Required<{ [Field in keyof SomeInteractionFields]: string }> => ({
  title: values.title,
  type: values.type,
  lead: values.lead,
  startDateTime: joinTime(values.startDate, values.startTime),
  endDateTime: joinTime(values.endDate, values.endTime),
  timezone: values.timezone,
  location: values.location,
  description: values.description,
  notes: values.notes,
});

/** Only the fields that differ: what somebody else changed meanwhile in other fields stays as it is. */
export const changedFields = (before: FormValues, after: FormValues): SomeInteractionFields => {
  const old = Object.entries(fieldsOf(before));
  const now = new Map(Object.entries(fieldsOf(after)));
  return Object.fromEntries(old.flatMap(([name, value]) => (now.get(name) === value ? [] : [[name, now.get(name)]])));
};

const minutesOf = (day: string, time: string): number => Date.parse(`${day}T${time}:00Z`) / 60_000;

/** Moves the end along when the start moves, so that the duration stays. */
export const keepDuration = (
  before: FormValues,
  start: Pick<FormValues, 'startDate' | 'startTime'>,
): Pick<FormValues, 'endDate' | 'endTime'> => {
  const { endDate, endTime } = before;
  const duration = minutesOf(endDate, endTime) - minutesOf(before.startDate, before.startTime);
  const begins = minutesOf(start.startDate, start.startTime);
  if (Number.isNaN(begins)) return { endDate, endTime };
  if (Number.isNaN(duration))
    return endDate || endTime ? { endDate, endTime } : endAt(begins + usualDurationMs / 60_000);
  return duration > 0 ? endAt(begins + duration) : { endDate, endTime };
};

const endAt = (minutes: number): Pick<FormValues, 'endDate' | 'endTime'> => {
  const [endDate, endTime] = splitTime(new Date(minutes * 60_000).toISOString());
  return { endDate, endTime };
};
