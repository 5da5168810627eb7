import { describe, expect, it } from 'vitest';
import { viewerZone, wallTimeIn } from '#ui/date-words.ts';
import { givenUser as given } from '../../testing/given-people.ts';
import { stateOf } from './user-words.ts';

const now = Date.parse('2026-03-03T12:00:00Z');
const until = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();

describe('the state of a user', () => {
  it('names the hour until which they are locked, and forgets it when it has passed', () => {
    const hour = wallTimeIn(until(15), viewerZone()).slice(11);
    expect(stateOf(given({ lockedUntil: until(15) }), now).word).toBe(`Locked until ${hour}`);
    expect(stateOf(given({ lockedUntil: until(-1) }), now).word).toBe('Active');
  });

  it('is inactive before it is anything else', () => {
    expect(stateOf(given({ active: false, lockedUntil: until(15) }), now).word).toBe('Inactive');
    expect(stateOf(given({ invited: true }), now).word).toBe('Invited');
  });
});
