import { readFile } from 'node:fs/promises';
import { TimeZone } from '@ims/contracts/time-zone';
import { z } from 'zod';
import { dateFormatProblem, hasTimeOfDay } from './date-format.ts';
import { ImportProblem } from './import-problem.ts';

const column = z.string({ error: 'Name a column of the CSV file' }).min(1, 'Name a column of the CSV file');

const pattern = z.string({ error: 'Give a regular expression' }).superRefine((text, context) => {
  try {
    new RegExp(text, 'iu');
  } catch {
    context.addIssue({ code: 'custom', message: `"${text}" is not a regular expression` });
  }
});

/** Every match of `pattern` (case is ignored) becomes `with`. */
const Replacement = z.strictObject({ pattern, with: z.string() });
/** The first rule whose pattern is found in the cell (case is ignored) gives the value. */
const Rule = z.strictObject({ matches: pattern, value: z.string() });
/** One line of a joined text: `Label: cell`; left out when the cell is empty. */
const JoinedColumn = z.strictObject({ column, label: z.string().optional(), replace: z.array(Replacement).optional() });

/** Where a value comes from: a fixed `value`, a `column`, or several columns joined. */
const Source = z
  .strictObject({
    value: z.string().optional(),
    column: column.optional(),
    join: z.array(JoinedColumn).min(1, 'Join at least one column').optional(),
    separator: z.string().default('\n'),
    replace: z.array(Replacement).default([]),
    rules: z.array(Rule).default([]),
    otherwise: z.string().optional(),
  })
  .refine(
    (source) => [source.value, source.column, source.join].filter((given) => given !== undefined).length === 1,
    'Give exactly one of "value", "column" or "join"',
  );
export type Source = z.infer<typeof Source>;

const DateFormat = z.string({ error: 'Give a format such as dd-mm-yyyy' }).superRefine((format, context) => {
  const problem = dateFormatProblem(format);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});
const DateColumn = z.strictObject({ column, format: DateFormat });
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time of day such as 09:00');

/** When it took place. `startTime` completes a start without a time of day; the end is a column or a duration. */
const When = z
  .strictObject({
    start: DateColumn,
    startTime: TimeOfDay.optional(),
    end: DateColumn.optional(),
    durationMinutes: z.int().min(1).max(100_000).optional(),
    timezone: z.union([TimeZone, Source], { error: 'Time zone must be an IANA name such as Europe/Brussels' }),
  })
  .refine((when) => hasTimeOfDay(when.start.format) || when.startTime !== undefined, {
    message: 'The start has no time of day: give "startTime"',
    path: ['startTime'],
  })
  .refine((when) => (when.end === undefined) !== (when.durationMinutes === undefined), {
    message: 'Give either "end" or "durationMinutes"',
    path: ['durationMinutes'],
  })
  .refine((when) => when.end === undefined || hasTimeOfDay(when.end.format), {
    message: 'The end needs a time of day in its format',
    path: ['end', 'format'],
  });
export type When = z.infer<typeof When>;

/**
 * A mapping file. `name` and the `key` columns make the identity of a row: with both unchanged, a row is never added
 * twice. Without `key` the whole content of the row is its identity.
 */
const Mapping = z.strictObject({
  name: z.string({ error: 'Give the mapping a name' }).min(1, 'Give the mapping a name').max(100),
  about: z.string().optional(),
  delimiter: z.string().min(1).max(1, 'A delimiter is one character').default(','),
  key: z.array(column).min(1, 'Name at least one column').optional(),
  site: Source,
  fields: z.strictObject({
    title: Source,
    type: Source,
    lead: Source,
    location: Source.optional(),
    description: Source.optional(),
    notes: Source.optional(),
  }),
  when: When,
});
export type Mapping = z.infer<typeof Mapping>;

const sourceColumns = (source: Source | string | undefined): string[] => {
  if (source === undefined || typeof source === 'string') return [];
  return [...(source.column === undefined ? [] : [source.column]), ...(source.join ?? []).map((part) => part.column)];
};

/** Every column that the mapping reads. */
export const columnsOf = ({ key = [], site, fields, when }: Mapping): string[] => [
  ...key,
  ...[site, ...Object.values(fields), when.timezone].flatMap(sourceColumns),
  when.start.column,
  ...(when.end ? [when.end.column] : []),
];

/** Reads a mapping from its text; `name` is the file's, for the messages. */
export const parseMapping = (text: string, name: string): Mapping => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ImportProblem(`${name} is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  const parsed = Mapping.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new ImportProblem(`${name} is not a mapping: ${faults.join('; ')}.`);
};

export const readMapping = async (path: string): Promise<Mapping> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ImportProblem(`The mapping ${path} cannot be read.`, { cause });
  });
  return parseMapping(text, path);
};
