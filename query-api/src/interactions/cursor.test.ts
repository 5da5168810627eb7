import { isRefusal } from '@ims/contracts/error-codes';
import { describe, expect, test } from 'vitest';
import { createCursors } from './cursor.ts';

const cursors = createCursors(Buffer.alloc(32, 'a'));
const binding = { siteId: 'site-a', userId: 'user-a', query: '{"sort":"title:asc"}' };
const place = { page: 3, keys: ['Ünïcode "title"', null], id: '01939d2e-7a1b-7c3d-8e4f-5a6b7c8d9e0f' };

describe('a cursor', () => {
  test('brings back the place it was made for', () => {
    expect(cursors.open(binding, cursors.seal(binding, place))).toEqual(place);
  });

  test.each([
    ['another site', { ...binding, siteId: 'site-b' }],
    ['another user', { ...binding, userId: 'user-b' }],
    ['another query', { ...binding, query: '{}' }],
  ])('of %s is refused', (_, other) => {
    expect(isRefusal(cursors.open(other, cursors.seal(binding, place)))).toBe(true);
  });

  test('made by another installation is refused', () => {
    const forged = createCursors(Buffer.alloc(32, 'b')).seal(binding, place);
    expect(isRefusal(cursors.open(binding, forged))).toBe(true);
  });

  test.each(['', 'x', 'AAAA', '%%%', 'A'.repeat(900)])('that was made up (%s) is refused', (cursor) => {
    expect(isRefusal(cursors.open(binding, cursor))).toBe(true);
  });

  test('with one changed character is refused', () => {
    const cursor = cursors.seal(binding, place);
    for (const at of [0, 10, 30, cursor.length - 3]) {
      const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      expect(isRefusal(cursors.open(binding, changed))).toBe(true);
    }
  });
});
