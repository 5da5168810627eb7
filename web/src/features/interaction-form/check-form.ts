import type { ErrorDetail } from '@ims/contracts/error-codes';
import { CompleteInteraction, SomeInteractionFields } from '@ims/contracts/interactions/fields';
import { formatSpan } from '#ui/date-words.ts';
import { type FieldName, type FormValues, fieldsOf } from './form-values.ts';

export type FormErrors = Partial<Record<FieldName, string>>;

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);
const isTime = (text: string): boolean => /^\d{2}:\d{2}$/.test(text);

const isFieldName = (name: string, values: FormValues): name is FieldName => name in values;

/** Where on the form a field of the record stands: a wall time is two inputs, and the empty one is at fault first. */
const inputOf = (field: string, values: FormValues): FieldName | undefined => {
  if (field === 'startDateTime') return isDay(values.startDate) ? 'startTime' : 'startDate';
  if (field === 'endDateTime') return isDay(values.endDate) ? 'endTime' : 'endDate';
  return isFieldName(field, values) ? field : undefined;
};

/** Wall times in a message, as people read them. */
const inWords = (message: string): string =>
  message.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/g, (wallTime) => formatSpan(wallTime, null));

/** Puts messages about fields of the record beside the inputs; what belongs to none is left over. */
export const errorsFrom = (
  details: readonly ErrorDetail[],
  values: FormValues,
): { errors: FormErrors; rest: string[] } => {
  const errors: FormErrors = {};
  const rest: string[] = [];
  for (const { field, message } of details) {
    const input = inputOf(field, values);
    if (input) errors[input] ??= inWords(message);
    else rest.push(message);
  }
  return { errors, rest };
};

const typedErrors = (values: FormValues): FormErrors => {
  const errors: FormErrors = {};
  for (const name of ['startDate', 'endDate'] as const) {
    if (values[name] && !isDay(values[name])) errors[name] = 'Write the day like 3 Mar 2026';
  }
  for (const name of ['startTime', 'endTime'] as const) {
    if (values[name] && !isTime(values[name])) errors[name] = 'Write the time like 14:30';
  }
  return errors;
};

const orderError = ({ startDate, startTime, endDate, endTime }: FormValues): FormErrors => {
  if (!isDay(startDate) || !isDay(endDate) || !isTime(startTime) || !isTime(endTime)) return {};
  if (`${endDate}T${endTime}` > `${startDate}T${startTime}`) return {};
  return endDate < startDate
    ? { endDate: 'End must not be before the start’s day' }
    : { endTime: `End must be after ${startTime}` };
};

/** Drafts may miss fields; what they have must be right all the same. */
const ofDraft = (values: FormValues): Record<string, string> =>
  Object.fromEntries(Object.entries(fieldsOf(values)).filter(([, value]) => value !== '' && value !== 'T'));

/** Checks the form with the schema the server checks with. No errors: an empty object. */
export const checkForm = (values: FormValues, isDraft: boolean): FormErrors => {
  const parsed = isDraft
    ? SomeInteractionFields.safeParse(ofDraft(values))
    : CompleteInteraction.safeParse(fieldsOf(values));
  const details = (parsed.error?.issues ?? []).map(({ path, message }) => ({ field: String(path[0] ?? ''), message }));
  return {
    ...errorsFrom(details, values).errors,
    ...missingParts(values, isDraft),
    ...orderError(values),
    ...typedErrors(values),
  };
};

/** A time without a day or a day without a time is half a moment, also in a draft. */
const missingParts = ({ startDate, startTime, endDate, endTime }: FormValues, isDraft: boolean): FormErrors => ({
  ...(!startDate && (startTime || !isDraft) ? { startDate: 'Start is required' } : {}),
  ...(startDate && !startTime ? { startTime: 'Start time is required' } : {}),
  ...(!endDate && (endTime || !isDraft) ? { endDate: 'End is required' } : {}),
  ...(endDate && !endTime ? { endTime: 'End time is required' } : {}),
});

export const draftFields = ofDraft;
