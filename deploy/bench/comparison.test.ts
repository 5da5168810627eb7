import { describe, expect, it } from 'vitest';
import { type Comparison, interleave, ratioOf, ratioRange, verdictOf } from './comparison.ts';

const comparison = (changes: Partial<Comparison>): Comparison => ({
  what: 'Page',
  against: 'by hand',
  unit: 'per s',
  floor: [100, 200, 300],
  product: [50, 100, 180],
  goal: { at: 'least', times: 0.5 },
  ...changes,
});

describe('a comparison', () => {
  it('takes both sides in turn and forgets the round that warms up', async () => {
    const order: string[] = [];
    const side = (name: string, figure: number) => async () => {
      order.push(name);
      return figure + order.length;
    };
    const figures = await interleave({ floor: side('f', 0), product: side('p', 100) }, 2);
    expect(order.join('')).toBe('fppffp');
    expect(figures).toEqual({ floor: [4, 5], product: [103, 106] });
  });
  it('is the ratio of the medians, with the range of the rounds', () => {
    expect(ratioOf(comparison({}))).toBe(0.5);
    expect(ratioRange(comparison({}))).toEqual([0.5, 0.6]);
  });
  it('names what falls short, and what is wrong however fast it is', () => {
    expect(verdictOf(comparison({}))).toBe('met');
    expect(verdictOf(comparison({ product: [49, 49, 49] }))).toBe('short');
    expect(verdictOf(comparison({ unit: 'ms', goal: { at: 'most', times: 2 }, product: [401] }))).toBe('short');
    expect(verdictOf(comparison({ wrong: 'other rows' }))).toBe('wrong');
  });
});
