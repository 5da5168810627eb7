import { CompleteInteraction } from '@ims/contracts/interactions/fields';
import { laterBy, readWallTime } from './date-format.ts';
import type { Mapping, Source, When } from './mapping.ts';

/** The cells of one row by column name, as they stand in the file. */
export type Cells = ReadonlyMap<string, string>;

export type MappedRow =
  | { readonly refused?: never; readonly site: string; readonly fields: CompleteInteraction }
  | { readonly refused: string };

const readCell = (cells: Cells, name: string, replacements: Source['replace'] = []): string =>
  replacements
    .reduce((text, { pattern, with: by }) => text.replace(new RegExp(pattern, 'giu'), by), cells.get(name) ?? '')
    .trim();

const join = (cells: Cells, parts: NonNullable<Source['join']>, separator: string): string =>
  parts
    .map(({ column, label, replace }) => ({ label, text: readCell(cells, column, replace) }))
    .filter(({ text }) => text !== '')
    .map(({ label, text }) => (label === undefined ? text : `${label}: ${text}`))
    .join(separator);

/** The text that a mapping's source gives for a row; never shortened. */
export const readSource = (cells: Cells, source: Source): string => {
  if (source.value !== undefined) return source.value;
  const text = source.join
    ? join(cells, source.join, source.separator)
    : readCell(cells, source.column ?? '', source.replace);
  const rule = source.rules.find(({ matches }) => new RegExp(matches, 'iu').test(text));
  if (rule) return rule.value;
  return source.rules.length > 0 || text === '' ? (source.otherwise ?? text) : text;
};

const readTimes = (cells: Cells, when: When) => {
  const { start, startTime = '00:00', end, durationMinutes = 0 } = when;
  const startCell = readCell(cells, start.column);
  const startDateTime = readWallTime(startCell, start.format, startTime);
  if (startDateTime === undefined) return { refused: `${start.column} "${startCell}" is not ${start.format}` };
  if (!end) return { startDateTime, endDateTime: laterBy(startDateTime, durationMinutes) };
  const endCell = readCell(cells, end.column);
  const endDateTime = readWallTime(endCell, end.format, startTime);
  if (endDateTime === undefined) return { refused: `${end.column} "${endCell}" is not ${end.format}` };
  return { startDateTime, endDateTime };
};

/** An interaction made of one row of the file, or the reason why there can be none. */
export const mapRow = (cells: Cells, { site, fields, when }: Mapping): MappedRow => {
  const times = readTimes(cells, when);
  if ('refused' in times) return { refused: times.refused };
  const optional = (source: Source | undefined) => (source ? readSource(cells, source) : '');
  const parsed = CompleteInteraction.safeParse({
    title: readSource(cells, fields.title),
    type: readSource(cells, fields.type),
    lead: readSource(cells, fields.lead),
    ...times,
    timezone: typeof when.timezone === 'string' ? when.timezone : readSource(cells, when.timezone),
    location: optional(fields.location),
    description: optional(fields.description),
    notes: optional(fields.notes),
  });
  if (!parsed.success) return { refused: parsed.error.issues.map(({ message }) => message).join('; ') };
  const siteName = readSource(cells, site);
  return siteName === '' ? { refused: 'The row names no site' } : { site: siteName, fields: parsed.data };
};
