import { IANAZone } from 'luxon';

const minute = 60_000;
const hour = 60 * minute;

const day = 24 * hour;
const known = new Map<string, number>();

/** Milliseconds that a zone's clocks are ahead of UTC at an instant; historical offsets may have seconds. */
export const offsetAt = (zone: string, instant: number): number => {
  // Luxon keeps a formatter for every spelling it ever met, and every letter may be written big or small.
  const name = zone.toLowerCase();
  const key = `${name} ${instant}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const offset = Math.round(IANAZone.create(name).offset(instant) * minute);
  if (known.size >= 20_000) known.clear();
  known.set(key, offset);
  return offset;
};

/** A wall time as if it were UTC, in milliseconds; years below 100 mean what they say. */
export const wallMilliseconds = (year: number, month: number, day: number, hours = 0, minutes = 0, seconds = 0) => {
  const date = new Date(Date.UTC(2000, month - 1, day, hours, minutes, seconds));
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
};

/** Every offset that clocks showing this wall time, or one near it, may have had. */
const offsetsAround = (zone: string, wall: number): ReadonlySet<number> => {
  // No offset exceeds 16 h, so the instant lies within 26 h even on the far side of a skipped day. Whole days, so
  // that most records find these two offsets in memory.
  const before = Math.floor((wall - 26 * hour) / day) * day;
  const after = Math.ceil((wall + 26 * hour) / day) * day;
  const offsets = new Set([offsetAt(zone, before), offsetAt(zone, after)]);
  // A Set visits what is added while it is walked: an offset found on the way is followed as well.
  for (const offset of offsets) offsets.add(offsetAt(zone, wall - offset));
  return offsets;
};

/** The instants at which the zone's clocks show this wall time, earliest first: none in a gap, two in an overlap. */
export const instantsOf = (zone: string, wall: number): readonly number[] =>
  [...offsetsAround(zone, wall)]
    .map((offset) => wall - offset)
    .filter((instant) => instant + offsetAt(zone, instant) === wall)
    .sort((a, b) => a - b);

/** The jump over a wall time that does not exist: its instant, and the wall times at which it begins and ends. */
export const jumpOver = (zone: string, wall: number): { instant: number; from: number; to: number } => {
  const offsets = [...offsetsAround(zone, wall)];
  let before = wall - Math.max(...offsets);
  let after = wall - Math.min(...offsets);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (middle + offsetAt(zone, middle) > wall) after = middle;
    else before = middle;
  }
  return { instant: after, from: after + offsetAt(zone, before), to: after + offsetAt(zone, after) };
};

/** `+01:00`; with seconds only where a historical offset has them: `+00:17:30`. */
export const formatOffset = (offset: number): string => {
  const total = Math.abs(offset) / 1_000;
  const parts = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60];
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts;
  return `${offset < 0 ? '-' : '+'}${shown.map((part) => String(part).padStart(2, '0')).join(':')}`;
};

/** Wall milliseconds as `YYYY-MM-DDTHH:mm`, with `:ss` only when there are seconds. */
export const formatWall = (wall: number): string => {
  const text = new Date(wall).toISOString().slice(0, 19);
  return text.endsWith(':00') ? text.slice(0, 16) : text;
};
