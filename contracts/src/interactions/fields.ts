import { z } from 'zod';
import { requiredText, storableText } from '../text.ts';
import { TimeZone } from '../time-zone.ts';

/** The interaction types every new site starts with. */
export const defaultInteractionTypes = [
  'Meeting',
  'Call',
  'Email',
  'Update',
  'Review',
  'Training',
  'Visit',
  'Other',
] as const;

/**
 * Wall time `YYYY-MM-DDTHH:mm[:ss]`, with an offset only where the wall time exists twice
 * (`2026-10-25T02:30:00+01:00`). Whether it exists in its zone is decided by `wall-time.ts`.
 */
export const wallTimePattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?$/;

const isCalendarTime = (value: string): boolean => {
  const [, year, month, day, hour, minute, second = '0'] = wallTimePattern.exec(value) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year));
  return (
    Number(year) >= 1 &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60
  );
};

const wallTime = (name: string) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? `${name} is required` : `${name} must be text`) })
    .min(1, `${name} is required`)
    .refine((value) => value === '' || isCalendarTime(value), `${name} must be a date and time like 2026-03-15T14:30`)
    .meta({ example: '2026-03-15T14:30' });

export const interactionFields = {
  title: requiredText('Title', 255).meta({ example: 'Budget review' }),
  type: requiredText('Type', 50).meta({ example: 'Meeting' }),
  lead: requiredText('Lead', 100).meta({ example: 'Jérémy Dubois' }),
  startDateTime: wallTime('Start'),
  endDateTime: wallTime('End'),
  timezone: TimeZone,
  location: storableText('Location', 255).meta({ example: 'Room 4' }),
  description: storableText('Description', 10_000).meta({ example: 'Figures of the second quarter' }),
  notes: storableText('Notes', 10_000).meta({ example: 'Bring last year’s report' }),
};

/** A complete record as a person enters it; optional texts default to empty. Shared by form and API. */
export const CompleteInteraction = z.strictObject({
  ...interactionFields,
  location: interactionFields.location.default(''),
  description: interactionFields.description.default(''),
  notes: interactionFields.notes.default(''),
});
export type CompleteInteraction = z.infer<typeof CompleteInteraction>;

/** Any of the fields; a field may be emptied with `""` (the decider refuses that where it is required). */
export const SomeInteractionFields = z
  .strictObject({
    title: storableText('Title', 255),
    type: storableText('Type', 50),
    lead: storableText('Lead', 100),
    startDateTime: z.union([z.literal(''), interactionFields.startDateTime]),
    endDateTime: z.union([z.literal(''), interactionFields.endDateTime]),
    timezone: z.union([z.literal(''), interactionFields.timezone]),
    location: interactionFields.location,
    description: interactionFields.description,
    notes: interactionFields.notes,
  })
  .partial();
export type SomeInteractionFields = z.infer<typeof SomeInteractionFields>;

/** The fields that every status but `draft` and `incomplete` needs. */
export const requiredInteractionFields = ['title', 'type', 'lead', 'startDateTime', 'endDateTime', 'timezone'] as const;
