type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';
type DateReader = { readonly parts: readonly Part[]; readonly pattern: RegExp };

const tokens = /yyyy|dd|hh|mm|ss/g;

const partOf = (token: string, before: readonly Part[]): Part => {
  if (token === 'yyyy') return 'year';
  if (token === 'dd') return 'day';
  if (token === 'hh') return 'hour';
  if (token === 'ss') return 'second';
  return before.includes('hour') ? 'minute' : 'month';
};

const readers = new Map<string, DateReader>();

/** `mm` is the month, and after `hh` the minute; days, months and hours may have one digit or two. */
const dateReader = (format: string): DateReader => {
  const known = readers.get(format);
  if (known) return known;
  const parts: Part[] = [];
  const escaped = format.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const source = escaped.replace(tokens, (token) => {
    parts.push(partOf(token, parts));
    return token === 'yyyy' ? '(\\d{4})' : '(\\d{1,2})';
  });
  const reader = { parts, pattern: new RegExp(`^${source}$`) };
  readers.set(format, reader);
  return reader;
};

export const hasTimeOfDay = (format: string): boolean => dateReader(format).parts.includes('hour');

/** Why a format cannot be used, or nothing. */
export const dateFormatProblem = (format: string): string | undefined => {
  const { parts } = dateReader(format);
  const isWhole = (['year', 'month', 'day'] as const).every((part) => parts.includes(part));
  const isOnce = new Set(parts).size === parts.length;
  const hasWholeTime = parts.includes('hour') === parts.includes('minute');
  return isWhole && isOnce && hasWholeTime
    ? undefined
    : `"${format}" is not a format such as dd-mm-yyyy or yyyy-mm-dd hh:mm`;
};

/**
 * The wall time `YYYY-MM-DDTHH:mm[:ss]` of a cell, or nothing when it does not have the format.
 * Whether the calendar has that day is left to the interaction's own rules.
 */
export const readWallTime = (cell: string, format: string, timeOfDay: string): string | undefined => {
  const { parts, pattern } = dateReader(format);
  const found = pattern.exec(cell.trim());
  if (!found) return undefined;
  const digits = (part: Part) => (parts.includes(part) ? (found[parts.indexOf(part) + 1] ?? '') : '').padStart(2, '0');
  const time = parts.includes('hour') ? `${digits('hour')}:${digits('minute')}` : timeOfDay;
  const seconds = parts.includes('second') ? `:${digits('second')}` : '';
  return `${digits('year')}-${digits('month')}-${digits('day')}T${time}${seconds}`;
};

/** A wall time some minutes later, by the clock on the wall. */
export const laterBy = (wallTime: string, minutes: number): string => {
  const date = new Date(`${wallTime}Z`);
  if (Number.isNaN(date.getTime())) return wallTime;
  const later = new Date(date.getTime() + minutes * 60_000).toISOString();
  return later.startsWith('+') ? wallTime : later.slice(0, wallTime.length);
};
