import { describe, expect, it } from 'vitest';
import { resolveWallTime } from './wall-time.ts';

const day = 86_400_000;
const from = Date.UTC(2020, 0, 1);
const until = Date.UTC(2036, 0, 1);

/** The wall time that the runtime itself shows for an instant; the implementation under test is not asked. */
const clockOf = (zone: string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const show = (instant: number) => format.format(instant).replace(' ', 'T');
  return { show, offset: (instant: number) => Date.parse(`${show(instant)}Z`) - instant };
};
type Clock = ReturnType<typeof clockOf>;

const transitionBetween = ({ offset }: Clock, start: number, end: number): number => {
  const first = offset(start);
  let before = start / 1_000;
  let after = end / 1_000;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle * 1_000) === first) before = middle;
    else after = middle;
  }
  return after * 1_000;
};

const transitionsOf = (clock: Clock): number[] => {
  const found: number[] = [];
  let offset = clock.offset(from);
  for (let at = from; at < until; at += 14 * day) {
    const next = clock.offset(at + 14 * day);
    if (next !== offset) found.push(transitionBetween(clock, at, at + 14 * day));
    offset = next;
  }
  return found;
};

const wallText = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 19);

/** What is wrong with the answers around one transition, in words; nothing when all is well. */
const faultsAt = (zone: string, clock: Clock, transition: number): string[] => {
  const faults: string[] = [];
  const before = clock.offset(transition - 1_000);
  const after = clock.offset(transition);
  for (const instant of [transition - 86_399_000, transition - 1_000, transition, transition + 86_399_000]) {
    const wall = clock.show(instant);
    const answer = resolveWallTime(wall, zone, '');
    if (answer.problem || clock.show(Date.parse(answer.time.instant)) !== wall)
      faults.push(`${zone} ${wall} does not return`);
  }
  const inside = Math.min(before, after) + transition + Math.abs(after - before) / 2;
  const answer = resolveWallTime(wallText(inside), zone, '');
  if (after > before && answer.problem !== 'gap') faults.push(`${zone} ${wallText(inside)} was taken from the gap`);
  if (after < before && (answer.problem || !answer.ambiguous || Date.parse(answer.time.instant) !== inside - before)) {
    faults.push(`${zone} ${wallText(inside)} is not the earlier of two`);
  }
  return faults;
};

describe('times never shift', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  it('around every transition of every zone from 2020 to 2035', () => {
    let transitions = 0;
    const faults = zones.flatMap((zone) => {
      const clock = clockOf(zone);
      const found = transitionsOf(clock);
      transitions += found.length;
      return found.flatMap((transition) => faultsAt(zone, clock, transition));
    });
    expect(faults).toEqual([]);
    expect(transitions).toBeGreaterThan(3_000);
  }, 60_000);
});
