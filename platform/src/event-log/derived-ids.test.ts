import { expect, it } from 'vitest';
import { commandIdFor, derivedUuid, eventIdFor, timeOrderedUuid } from './derived-ids.ts';

const uuid = (version: number) =>
  new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);

it('the same pair gives the same UUID for ever', () => {
  expect(derivedUuid('user', 'key')).toBe('8ce9343a-f8c8-8dd0-8184-884caff98a10');
  expect(derivedUuid('user', 'key')).toMatch(uuid(8));
});

it('pairs that read the same side by side give different UUIDs', () => {
  expect(derivedUuid('ab', 'c')).not.toBe(derivedUuid('a', 'bc'));
});

it('a retry with its key is the same command, without a key a new one', () => {
  expect(commandIdFor('user', 'key')).toBe(commandIdFor('user', 'key'));
  expect(commandIdFor('user', 'key')).not.toBe(commandIdFor('other', 'key'));
  expect(commandIdFor('user', undefined)).not.toBe(commandIdFor('user', undefined));
});

it('each event of a command has an id of its own', () => {
  expect(new Set([0, 1, 10].map((index) => eventIdFor('command', index))).size).toBe(3);
});

it('later UUIDs sort after earlier ones', () => {
  const [earlier, later] = [timeOrderedUuid(1_700_000_000_000), timeOrderedUuid(1_700_000_000_001)];

  expect(earlier).toMatch(uuid(7));
  expect(earlier < later).toBe(true);
});
