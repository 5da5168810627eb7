import { describe, expect, test } from 'vitest';
import { createLostMessages } from './lost-messages.ts';
import type { ReadState } from './read-state.ts';

const state = (interactions: bigint, statistics = 0n): ReadState => ({
  versions: {},
  positions: {},
  generations: { interactions, statistics },
  epoch: 1,
});

describe('a change of a site that somebody watches', () => {
  test('is lost when its message has not come by the second look', () => {
    const messages = createLostMessages();
    messages.watch('a', state(5n));
    expect(messages.look('a', state(6n))).toEqual([]);
    expect(messages.look('a', state(6n))).toEqual([{ siteId: 'a', projection: 'interactions', generation: 6n }]);
    expect(messages.look('a', state(6n))).toEqual([]);
  });

  test('is not lost when its message comes between two looks', () => {
    const messages = createLostMessages();
    messages.watch('a', state(5n));
    expect(messages.look('a', state(6n))).toEqual([]);
    messages.announced('a', 'interactions', 6n);
    expect(messages.look('a', state(6n))).toEqual([]);
  });

  test('is not lost when messages come all the time, each a little behind', () => {
    const messages = createLostMessages();
    messages.watch('a', state(5n));
    for (let generation = 6n; generation < 50n; generation += 1n) {
      expect(messages.look('a', state(generation))).toEqual([]);
      messages.announced('a', 'interactions', generation);
    }
  });

  test('is found among others that were announced, when it is the last', () => {
    const messages = createLostMessages();
    messages.watch('a', state(5n, 5n));
    messages.announced('a', 'interactions', 6n);
    messages.look('a', state(6n, 6n));
    expect(messages.look('a', state(6n, 6n))).toEqual([{ siteId: 'a', projection: 'statistics', generation: 6n }]);
  });

  test('that goes back is lost at once: a database was restored', () => {
    const messages = createLostMessages();
    messages.watch('a', state(5n));
    expect(messages.look('a', state(3n))).toEqual([{ siteId: 'a', projection: 'interactions', generation: 3n }]);
    expect(messages.look('a', state(3n))).toEqual([]);
  });

  test('counts from the next look when everybody was told to read again', () => {
    const messages = createLostMessages();
    messages.watch('a', state(5n));
    messages.startOver();
    expect(messages.look('a', state(9n))).toEqual([]);
    expect(messages.look('a', state(9n))).toEqual([]);
    messages.look('a', state(10n));
    expect(messages.look('a', state(10n))).toHaveLength(1);
  });

  test('is looked for until the last of its watchers has left', () => {
    const messages = createLostMessages();
    const [first, second] = [messages.watch('a', state(5n)), messages.watch('a', state(5n))];
    first();
    expect([...messages.sites()]).toEqual(['a']);
    second();
    expect([...messages.sites()]).toEqual([]);
    expect(messages.look('a', state(6n))).toEqual([]);
  });
});
