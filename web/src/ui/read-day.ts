const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const nearDays: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };
const dayMs = 86_400_000;

const startsWithAny = (names: readonly string[], word: string): number =>
  word.length < 3 ? -1 : names.findIndex((name) => word.startsWith(name));

const calendarDay = (year: number, month: number, day: number): string | undefined => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : undefined;
};

const shifted = (today: string, days: number): string =>
  new Date(Date.parse(`${today}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

const fullYear = (year: number): number => (year < 100 ? 2000 + year : year);

const nextWeekday = (today: string, weekday: number): string => {
  const now = new Date(`${today}T00:00:00Z`).getUTCDay();
  return shifted(today, (weekday - now + 7) % 7 || 7);
};

/**
 * The calendar day that somebody typed: `3 mar`, `3/3`, `2026-03-03`, `today`, `fri`, `+7`. Day before month.
 * Nothing when it cannot be understood.
 */
export const readDay = (typed: string, today: string): string | undefined => {
  const text = typed.trim().toLowerCase();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return calendarDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  if (/^[+-]\d{1,4}$/.test(text)) return shifted(today, Number(text));
  const near = nearDays[text];
  if (near !== undefined) return shifted(today, near);
  const words = text.split(/[\s,./-]+/).filter((word) => word !== '');
  const weekday = startsWithAny(weekdayNames, words[0] ?? '');
  if (weekday >= 0 && words.length === 1) return nextWeekday(today, weekday);
  return readDayAndMonth(weekday >= 0 ? words.slice(1) : words, today);
};

const readDayAndMonth = (words: readonly string[], today: string): string | undefined => {
  const named = words.findIndex((word) => startsWithAny(monthNames, word) >= 0);
  const month = named < 0 ? Number(words[1]) : startsWithAny(monthNames, words[named] ?? '') + 1;
  const numbers = words.filter((_, at) => at !== (named < 0 ? 1 : named)).map(Number);
  const [day = Number.NaN, year = Number(today.slice(0, 4))] = numbers;
  if (numbers.length === 0 || numbers.length > 2 || words.length > 3) return undefined;
  return Number.isInteger(day) && Number.isInteger(month) && Number.isInteger(year)
    ? calendarDay(fullYear(year), month, day)
    : undefined;
};

/** The time of day that somebody typed: `9`, `930`, `9:30`, `9h30`, `2pm`. Nothing when it cannot be understood. */
export const readTime = (typed: string): string | undefined => {
  const match = /^(\d{1,2})(?:\s*[:.h]?\s*(\d{2}))?\s*(a|am|p|pm)?h?$/.exec(typed.trim().toLowerCase());
  if (!match) return undefined;
  const half = match[3]?.charAt(0);
  const typedHours = Number(match[1]);
  if (half && (typedHours < 1 || typedHours > 12)) return undefined;
  const hours = half ? (typedHours % 12) + (half === 'p' ? 12 : 0) : typedHours;
  const minutes = Number(match[2] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
};
