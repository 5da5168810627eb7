import type { FieldName } from './form-values.ts';

/** The fields' names as people read them; day, time and zone of an interaction are one thing to them. */
export const fieldWords: Readonly<Record<FieldName, string>> = {
  title: 'Title',
  type: 'Type',
  lead: 'Lead',
  startDate: 'When',
  startTime: 'When',
  endDate: 'When',
  endTime: 'When',
  timezone: 'When',
  location: 'Location',
  description: 'Description',
  notes: 'Notes',
};
