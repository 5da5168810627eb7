const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const longMonths = 'January February March April May June July August September October November December'.split(' ');
const dayMs = 86_400_000;

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const known = (zone: string | undefined): string | undefined => {
  try {
    return zone && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
};

let chosenZone: string | undefined;

/** Whose time counts as the viewer's: a zone this browser knows, else its own. */
export const setViewerZone = (zone: string | undefined): void => {
  chosenZone = known(zone);
};

/** The zone of the person who looks: of their profile, and of the browser while nobody is signed in. */
export const viewerZone = (): string => chosenZone ?? browserZone();

const formatters = new Map<string, Intl.DateTimeFormat>();
const inZone = (zone: string): Intl.DateTimeFormat => {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  formatters.set(zone, made);
  return made;
};

/** The wall time `YYYY-MM-DDTHH:mm` of an instant in a zone. */
export const wallTimeIn = (instant: string | number, zone: string): string =>
  inZone(zone).format(new Date(instant)).replace(' ', 'T');

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;

/** `Tue 3 Mar 2026` for a calendar day `2026-03-03`. */
export const formatDay = (day: string): string => {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.valueOf())) return day;
  return `${weekdays[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
};

/** `21 December`, as a person says the day until which something lasts. */
export const formatDayOfYear = (instant: string | number): string => {
  const [, month, day] = wallTimeIn(instant, viewerZone()).slice(0, 10).split('-').map(Number);
  return `${day} ${longMonths[(month ?? 1) - 1]}`;
};

const nearDays: Record<string, string> = { '-1': 'Yesterday', '0': 'Today', '1': 'Tomorrow' };

/** The day in words where it is near to today (a calendar day), as a date otherwise. */
export const nameDay = (day: string, today: string): string =>
  nearDays[String(dayNumber(day) - dayNumber(today))] ?? formatDay(day);

const dayOf = (wallTime: string): string => wallTime.slice(0, 10);
const timeOf = (wallTime: string): string => wallTime.slice(11, 16);

/** `Tue 3 Mar 2026, 14:30–15:00` from two wall times; the end's day only where it is another one. */
export const formatSpan = (start: string | null, end: string | null, today?: string): string => {
  const name = (day: string): string => (today ? nameDay(day, today) : formatDay(day));
  if (!start) return end ? `until ${name(dayOf(end))}, ${timeOf(end)}` : '';
  const from = `${name(dayOf(start))}, ${timeOf(start)}`;
  if (!end) return from;
  if (dayOf(start) === dayOf(end)) return `${from}–${timeOf(end)}`;
  const sameYear = start.slice(0, 4) === end.slice(0, 4);
  const short = sameYear ? from.replace(` ${start.slice(0, 4)},`, ',') : from;
  return `${short} – ${name(dayOf(end))}, ${timeOf(end)}`;
};

/** An instant in the viewer's own zone: `Tue 3 Mar 2026, 14:30`. */
export const formatInstant = (instant: string, zone = viewerZone()): string =>
  formatSpan(wallTimeIn(instant, zone), null);

/** `Europe/Brussels` → `Brussels`, which is how people speak of it. */
export const zoneWord = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

type Timed = {
  readonly startDateTime: string | null;
  readonly endDateTime: string | null;
  readonly timezone: string;
  readonly startUtc: string | null;
  readonly endUtc: string | null;
};
type Words = { readonly text: string; readonly zone: string; readonly viewer: string };

const isSameZone = (zone: string, viewer: string): boolean => {
  if (zone === '' || zone === viewer) return true;
  try {
    return inZone(zone).resolvedOptions().timeZone === viewer;
  } catch {
    return false;
  }
};

/** When an interaction takes place: in its own zone, the zone named when it is not the viewer's, and the viewer's time. */
export const whenWords = (timed: Timed, now: number = Date.now(), viewer: string = viewerZone()): Words => {
  const isOwn = isSameZone(timed.timezone, viewer);
  const zone = isOwn ? viewer : timed.timezone;
  const text = formatSpan(timed.startDateTime, timed.endDateTime, dayOf(wallTimeIn(now, zone)));
  if (isOwn || !text) return { text, zone: '', viewer: '' };
  const inViewers = (instant: string | null): string | null => instant && wallTimeIn(instant, viewer);
  return {
    text,
    zone: zoneWord(timed.timezone),
    viewer: formatSpan(inViewers(timed.startUtc), inViewers(timed.endUtc)),
  };
};

const count = new Intl.NumberFormat();
/** A number with the reader's separators. */
export const formatNumber = (value: number): string => count.format(value);
