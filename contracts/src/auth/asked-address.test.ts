import { expect, it } from 'vitest';
import { ownAddress } from './asked-address.ts';

it.each([
  '/',
  '/s/1',
  '/s/1?search=budget%20review&type=Meeting#top',
  '/s/1?from=a/../b',
  '/system/users',
  '/signed',
  '/apiary',
])('goes on to %s, a page of ours', (asked) => {
  expect(ownAddress(asked)).toBe(asked);
});

it.each([
  undefined,
  null,
  '',
  's/1',
  'https://evil.example.org',
  'javascript:alert(1)',
  '//evil.example.org',
  '/\\evil.example.org',
  '/s\\..\\evil',
  '/\t/evil.example.org',
  '\t//evil.example.org',
  '/\n/evil.example.org',
  '/s/1\u0000',
  '/s/1\u007f',
  '/s/ 1',
  '/s/é',
  '/.//evil.example.org',
  '/s/..//evil.example.org',
  '/%2e%2E//evil.example.org',
  '/s//1',
  '/sign-in?to=/s/1',
  '/sign-out',
  '/change-password?to=/s/1',
  '/api/v1/auth/me',
  `/${'x'.repeat(2_000)}`,
])('goes home instead of to %j', (asked) => {
  expect(ownAddress(asked)).toBe('/');
});
