import { describe, expect, test } from 'vitest';
import { afterLook, afterMessage, afterRead, distrusted, isTrusted, type KnownState } from './known-state.ts';
import type { ReadState } from './read-state.ts';

const state = (mark: bigint, version = 1, epoch = 1): ReadState => ({
  versions: { interactions: version },
  positions: { interactions: mark },
  generations: { interactions: mark },
  epoch,
});
const known = (mark: bigint, at: number): KnownState => afterLook(undefined, state(mark), at);
const generationOf = ({ state: { generations } }: KnownState) => generations.interactions;
const told = (generation: bigint) => ({ projection: 'interactions', generation }) as const;

describe('what is known of a site', () => {
  test('grows with a message, and a look that began before it does not take that back', () => {
    const raised = afterMessage(known(5n, 0), told(7n), 20);
    expect(generationOf(raised)).toBe(7n);
    expect(generationOf(afterLook(raised, state(6n), 10))).toBe(7n);
  });

  test('is what a later look says, also when that is less: a database was restored', () => {
    const raised = afterMessage(known(5n, 0), told(7n), 20);
    expect(generationOf(afterLook(raised, state(3n), 30))).toBe(3n);
  });

  test('does not go back with an old message or an old read', () => {
    const now = known(7n, 0);
    expect(afterMessage(now, told(6n), 10)).toBe(now);
    expect(generationOf(afterRead(now, state(6n), 0, 10))).toBe(7n);
  });

  test('is confirmed by a read, as of when the read began', () => {
    const read = afterRead(known(5n, 0), state(6n), 900, 950);
    expect(generationOf(read)).toBe(6n);
    expect(isTrusted(read, 1_800, 1_000)).toBe(true);
    expect(isTrusted(read, 2_000, 1_000)).toBe(false);
  });

  test('is doubted after a read of another version, until somebody has looked', () => {
    const doubted = afterRead(known(5n, 0), state(5n, 2), 10, 20);
    expect(isTrusted(doubted, 20, 1_000)).toBe(false);
    const looked = afterLook(doubted, state(5n, 2), 30);
    expect(isTrusted(looked, 30, 1_000)).toBe(true);
    expect(looked.state.versions.interactions).toBe(2);
  });

  test('stays doubted when a look comes back that began before the doubt', () => {
    const doubted = distrusted(known(5n, 0), 20);
    expect(isTrusted(afterLook(doubted, state(5n), 10), 30, 1_000)).toBe(false);
    expect(isTrusted(afterLook(doubted, state(5n), 20), 30, 1_000)).toBe(true);
  });
});
