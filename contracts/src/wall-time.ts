import { wallTimePattern } from './interactions/fields.ts';
import { formatOffset, formatWall, instantsOf, jumpOver, offsetAt, wallMilliseconds } from './wall-time-offsets.ts';

/** A `ResolvedTime` of the events in which everything is known. */
type KnownTime = { readonly local: string; readonly offset: string; readonly instant: string; readonly tzData: string };

/**
 * A wall time and the one instant it stands for. `ambiguous` is true when the wall time exists twice and no offset
 * said which: then `time` is the earlier of the two, and `offsets` are both, earlier instant first.
 */
export type ResolvedWallTime = {
  readonly problem?: never;
  readonly time: KnownTime;
  readonly ambiguous: boolean;
  readonly offsets: readonly string[];
};

/**
 * Why a wall time has no instant. `message` is a sentence for people.
 * `gap`: clocks jump over it (`from` the first wall time that is missing, `to` the first that exists again);
 * `nearest` are the last valid time before and the first after, in the precision that was typed.
 * `wrong-offset`: the zone has no such offset then; `offsets` are those it has.
 * `unreadable`: no date and time; `out-of-range`: the instant is outside the years 1 to 9999 of UTC.
 */
export type WallTimeProblem =
  | {
      readonly problem: 'gap';
      readonly message: string;
      readonly gap: { readonly from: string; readonly to: string };
      readonly nearest: readonly [before: string, after: string];
    }
  | { readonly problem: 'wrong-offset'; readonly message: string; readonly offsets: readonly string[] }
  | { readonly problem: 'unreadable' | 'out-of-range'; readonly message: string };

const firstInstant = wallMilliseconds(1, 1, 1);
const lastInstant = wallMilliseconds(10_000, 1, 1) - 1;
const minute = 60_000;

type ReadWallTime = { readonly wall: number; readonly withSeconds: boolean; readonly offset: string | undefined };

const readWallTime = (text: string): ReadWallTime | undefined => {
  const match = wallTimePattern.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const wall = wallMilliseconds(year, month, day, hours, minutes, seconds);
  const same = new Date(wall).toISOString().startsWith(text.slice(0, 16));
  if (!same || seconds > 59 || year < 1) return undefined;
  return { wall, withSeconds: match[6] !== undefined, offset: match[7] === 'Z' ? '+00:00' : match[7] };
};

const gapProblem = (zone: string, { wall, withSeconds }: ReadWallTime): WallTimeProblem => {
  const { from, to } = jumpOver(zone, wall);
  const step = withSeconds ? 1_000 : minute;
  const nearest = [formatWall(Math.ceil(from / step - 1) * step), formatWall(Math.ceil(to / step) * step)] as const;
  const gap = { from: formatWall(from), to: formatWall(to) };
  const message =
    `${formatWall(wall)} does not exist in ${zone}: clocks go from ${gap.from} straight to ${gap.to}. ` +
    `The nearest valid times are ${nearest[0]} and ${nearest[1]}.`;
  return { problem: 'gap', message, gap, nearest };
};

const wrongOffset = (zone: string, given: ReadWallTime, offsets: readonly string[]): WallTimeProblem => ({
  problem: 'wrong-offset',
  message: `${zone} is not at ${given.offset} on ${formatWall(given.wall)}, but at ${offsets.join(' or ')}.`,
  offsets,
});

/** A person types offsets to the minute, also where history had seconds. */
const sameOffset = (given: string) => (offset: string) => offset === given || offset.startsWith(`${given}:`);

/**
 * The one place where a wall time becomes an instant.
 * @param text `YYYY-MM-DDTHH:mm[:ss]`, with an offset (`+01:00`, `Z`) where the wall time exists twice
 * @param zone an IANA name that `isTimeZone` accepts; its spelling is kept in messages
 * @param tzData version of the tz data in use (`process.versions.tz`), kept beside the answer
 */
export const resolveWallTime = (text: string, zone: string, tzData: string): ResolvedWallTime | WallTimeProblem => {
  const given = readWallTime(text);
  if (!given) return { problem: 'unreadable', message: `${text} is not a date and time like 2026-03-15T14:30.` };
  const instants = instantsOf(zone, given.wall);
  if (instants.length === 0) return gapProblem(zone, given);
  const offsets = instants.map((instant) => formatOffset(given.wall - instant));
  const chosen = given.offset === undefined ? 0 : offsets.findIndex(sameOffset(given.offset));
  const instant = instants[chosen];
  const offset = offsets[chosen];
  if (instant === undefined || offset === undefined) return wrongOffset(zone, given, offsets);
  if (instant < firstInstant || instant > lastInstant) {
    return { problem: 'out-of-range', message: `${text} in ${zone} is outside the years 1 to 9999 of UTC.` };
  }
  return {
    time: { local: formatWall(given.wall), offset, instant: new Date(instant).toISOString(), tzData },
    ambiguous: instants.length > 1 && given.offset === undefined,
    offsets,
  };
};

const clamped = (instant: number): string =>
  new Date(Math.min(Math.max(instant, firstInstant), lastInstant)).toISOString();

const showsLess = (zone: string, wall: number) => (instant: number) => instant - 1 + offsetAt(zone, instant - 1) < wall;

/**
 * First instant of a calendar date in a zone, and the first instant after it (both ISO 8601 UTC, ms). A date may
 * begin after midnight, and one that the zone skipped is empty (`start` equals `end`). Where clocks fall back over
 * midnight, the range holds every instant of the date, and the seconds of its neighbour between them.
 * Ends outside the years 1 to 9999 are moved to the border.
 * @param date `YYYY-MM-DD`, a date of the calendar
 */
export const dayBounds = (date: string, zone: string): { start: string; end: string } => {
  const [year = 1, month = 1, day = 1] = date.split('-').map(Number);
  const midnight = wallMilliseconds(year, month, day);
  const nextMidnight = midnight + 24 * 60 * minute;
  const start = instantsOf(zone, midnight)[0] ?? jumpOver(zone, midnight).instant;
  const end =
    instantsOf(zone, nextMidnight).filter(showsLess(zone, nextMidnight)).at(-1) ?? jumpOver(zone, nextMidnight).instant;
  return { start: clamped(start), end: clamped(end) };
};
