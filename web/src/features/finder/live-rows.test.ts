import { describe, expect, it } from 'vitest';
import { givenInteraction, givenList } from '../../testing/given.ts';
import { mergeLive } from './live-rows.ts';

const first = givenInteraction({ id: 'a', title: 'First' });
const second = givenInteraction({ id: 'b', title: 'Second' });
const arrived = givenInteraction({ id: 'c', title: 'Arrived' });
const retitled = { ...second, title: 'Second, retitled', revision: 4 };

describe('what others save', () => {
  it('shows in its row when nothing moves', () => {
    const { list, incoming } = mergeLive(givenList([first, second]), givenList([first, retitled]));
    expect(list.interactions).toEqual([first, retitled]);
    expect(incoming).toBeUndefined();
  });

  it('waits when it would push rows down, but still brings newer values', () => {
    const { list, incoming } = mergeLive(givenList([first, second]), givenList([arrived, first, retitled]));
    expect(list.interactions).toEqual([first, retitled]);
    expect(incoming).toBe(1);
  });

  it('shows at once where no row is on screen that could move', () => {
    expect(mergeLive(givenList([]), givenList([arrived]))).toEqual({ list: givenList([arrived]), incoming: undefined });
  });

  it('leaves a row that went away until it is asked to', () => {
    const { list, incoming } = mergeLive(givenList([first, second]), givenList([second]));
    expect(list.interactions).toEqual([first, second]);
    expect(incoming).toBe(0);
  });
});
