import { expect, it } from 'vitest';
import { type Access, cachedAccessReader } from './access.ts';

const editor: Access = { active: true, systemRoles: [], site: undefined };

it('asks once while it remembers, and again when told that roles have changed', async () => {
  let reads = 0;
  const reader = cachedAccessReader(
    {
      read: async () => {
        reads += 1;
        return editor;
      },
    },
    { ttlMs: 60_000 },
  );
  await Promise.all([reader.read('a', 's'), reader.read('a', 's'), reader.read('a', 's')]);
  expect(reads).toBe(1);
  await reader.read('a', 't');
  await reader.read('a', undefined);
  expect(reads).toBe(3);
  reader.forget();
  await reader.read('a', 's');
  expect(reads).toBe(4);
});

it('does not remember that the database was away', async () => {
  let isAway = true;
  const read = () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(editor));
  const reader = cachedAccessReader({ read }, { ttlMs: 60_000 });
  await expect(reader.read('a', 's')).rejects.toThrow('away');
  isAway = false;
  expect(await reader.read('a', 's')).toEqual(editor);
});
