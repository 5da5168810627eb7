import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './load-config.ts';
import { passwordVariables } from './variables.ts';

const load = (environment: Record<string, string>) => loadConfig(z.object(passwordVariables), environment);

it('keeps to the specification’s rules for passwords when nothing is said', () => {
  expect(load({})).toEqual({ PASSWORD_PROFILE: 'spec' });
});

it('takes another profile and single points of it, at their ends as well', () => {
  const least = { PASSWORD_MIN_LENGTH: '8', PASSWORD_HISTORY: '0', PASSWORD_EXPIRY_DAYS: '0' };
  const most = { PASSWORD_MIN_LENGTH: '128', PASSWORD_HISTORY: '24', PASSWORD_EXPIRY_DAYS: '3650' };
  expect(load({ PASSWORD_PROFILE: 'nist-800-63b-4', ...least })).toEqual({
    PASSWORD_PROFILE: 'nist-800-63b-4',
    PASSWORD_MIN_LENGTH: 8,
    PASSWORD_HISTORY: 0,
    PASSWORD_EXPIRY_DAYS: 0,
  });
  expect(load(most)).toMatchObject({ PASSWORD_MIN_LENGTH: 128, PASSWORD_HISTORY: 24, PASSWORD_EXPIRY_DAYS: 3_650 });
});

it.each([
  ['PASSWORD_PROFILE', 'nist', 'must be spec or nist-800-63b-4'],
  ['PASSWORD_MIN_LENGTH', '7', 'must be a whole number from 8 to 128'],
  ['PASSWORD_MIN_LENGTH', '129', 'must be a whole number from 8 to 128'],
  ['PASSWORD_MIN_LENGTH', 'twelve', 'must be a whole number from 8 to 128'],
  ['PASSWORD_HISTORY', '25', 'must be a whole number from 0 to 24'],
  ['PASSWORD_HISTORY', '-1', 'must be a whole number from 0 to 24'],
  ['PASSWORD_EXPIRY_DAYS', '3651', 'must be a whole number from 0 to 3650'],
  ['PASSWORD_EXPIRY_DAYS', '90.5', 'must be a whole number from 0 to 3650'],
])('does not start with %s=%s, and says why', (name, value, sentence) => {
  expect(() => load({ [name]: value })).toThrow(`${name}: ${sentence}`);
});
