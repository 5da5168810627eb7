import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unwrapKey, wrapKey } from './key-wrapping.ts';
import { loadMasterKey, loadOrCreateMasterKey, masterKeyFile } from './master-key.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ims-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

it('makes a key that only its owner may read, and finds the same one again', async () => {
  const made = await loadOrCreateMasterKey(home);
  const found = await loadOrCreateMasterKey(home);

  expect(found).toEqual(made);
  expect(made.bytes).toHaveLength(32);
  expect((await stat(masterKeyFile(home))).mode & 0o777).toBe(0o600);
  expect(await readFile(masterKeyFile(home), 'utf8')).toBe(`${made.bytes.toString('hex')}\n`);
});

it('makes one key when several start at once, and leaves nothing else behind', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateMasterKey(home)));

  expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
  expect(await readdir(home)).toEqual(['master.key']);
});

it('does not make one when only asked for it', async () => {
  expect(await loadMasterKey(home)).toBeUndefined();
  expect(await readdir(home)).toEqual([]);
});

it('refuses a file that is no key, and does not replace it', async () => {
  await writeFile(masterKeyFile(home), 'half a ke');
  await chmod(masterKeyFile(home), 0o600);

  await expect(loadOrCreateMasterKey(home)).rejects.toThrow('is not a master key');
  expect(await readFile(masterKeyFile(home), 'utf8')).toBe('half a ke');
});

it('wraps a key as RFC 3394 says (test vector 4.6)', () => {
  const master = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
  const key = Buffer.from('00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f', 'hex');
  const wrapped = '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21';

  expect(wrapKey(key, master).toString('hex')).toBe(wrapped);
  expect(unwrapKey(Buffer.from(wrapped, 'hex'), master)).toEqual(key);
  expect(() => unwrapKey(Buffer.from(wrapped, 'hex'), Buffer.alloc(32))).toThrow();
});
