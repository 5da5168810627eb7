import { describe, expect, it } from 'vitest';
import { givenInteraction } from '../../testing/given.ts';
import { compareEdits, mergeEdits } from './conflict.ts';
import { valuesOf } from './form-values.ts';

const base = valuesOf(givenInteraction());
const mine = { ...base, title: 'Budget review, final', location: 'Room 5' };
const theirs = { ...base, title: 'Budget review (moved)', startTime: '16:00', endTime: '17:00' };

describe('two people changed the same interaction', () => {
  it('only what both changed has to be chosen; the rest is kept from each', () => {
    const { toChoose, taken } = compareEdits(base, mine, theirs);
    expect(toChoose.map(({ name }) => name)).toEqual(['title']);
    expect(taken.map(({ name }) => name)).toEqual(['startDate']);
  });

  it('nothing is to be chosen when both made the same change', () => {
    expect(compareEdits(base, mine, mine)).toEqual({ toChoose: [], taken: [] });
  });

  it('mine stays where I changed something, theirs elsewhere', () => {
    expect(mergeEdits({ base, mine, theirs }, new Set())).toEqual({ ...theirs, title: mine.title, location: 'Room 5' });
  });

  it('what I give up becomes theirs', () => {
    expect(mergeEdits({ base, mine, theirs }, new Set(['title']))).toEqual({ ...theirs, location: 'Room 5' });
  });

  it('times are kept as a whole: never half of one and half of another', () => {
    const moved = { ...base, endTime: '15:30' };
    expect(compareEdits(base, moved, theirs).toChoose.map(({ name }) => name)).toEqual(['startDate']);
    expect(mergeEdits({ base, mine: moved, theirs }, new Set())).toMatchObject({
      startTime: '14:30',
      endTime: '15:30',
    });
  });
});
