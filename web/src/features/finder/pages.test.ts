import { expect, it } from 'vitest';
import { pageNumbers } from './pages.ts';

it.each([
  [1, 1, [1]],
  [1, 3, [1, 2, 3]],
  [1, 48, [1, 2, 0, 48]],
  [4, 48, [1, 2, 3, 4, 5, 0, 48]],
  [24, 48, [1, 0, 23, 24, 25, 0, 48]],
  [48, 48, [1, 0, 47, 48]],
])('on page %i of %i the pages offered are %j', (page, last, offered) => {
  expect(pageNumbers(page, last)).toEqual(offered);
});
