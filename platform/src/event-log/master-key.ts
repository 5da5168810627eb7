import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import { unwrapKey } from './key-wrapping.ts';

/** The key that wraps every subject's key: 32 bytes, and a name that tells which one it was without telling it. */
export type MasterKey = { readonly id: string; readonly bytes: Buffer };

export const masterKeyFromBytes = (bytes: Buffer): MasterKey => {
  if (bytes.length !== 32) throw new Error('A master key has 32 bytes.');
  return { id: createHash('sha256').update('ims-master-key').update(bytes).digest('hex').slice(0, 16), bytes };
};

export const masterKeyFile = (home: string): string => join(home, 'master.key');

/** Reads `<home>/master.key` (64 hexadecimal digits); nothing when there is no such file. */
export const loadMasterKey = (home: string): Promise<MasterKey | undefined> => readMasterKeyFile(masterKeyFile(home));

/** As `loadMasterKey`, from a file of any name, such as a mounted secret. */
export const readMasterKeyFile = async (file: string): Promise<MasterKey | undefined> => {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new Error(`The master key ${file} cannot be read.`, { cause });
  });
  if (text === undefined) return undefined;
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new Error(`The file ${file} is not a master key (64 hexadecimal digits): put back the right one.`);
  }
  return masterKeyFromBytes(Buffer.from(text.trim(), 'hex'));
};

/** As `loadMasterKey`; makes a new random key (mode 0600) when there is none. Of several makers at once one wins. */
export const loadOrCreateMasterKey = async (home: string): Promise<MasterKey> => {
  const existing = await loadMasterKey(home);
  if (existing) return existing;
  await writeNewKey(masterKeyFile(home));
  const created = await loadMasterKey(home);
  if (!created) throw new Error(`The master key ${masterKeyFile(home)} vanished while it was being made.`);
  return created;
};

/** Complete on disk before it gets its name: a key that is half there after a power cut would cost all content. */
const writeNewKey = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await handle.sync();
    await handle.close();
    await link(draft, file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
    });
    await syncFolder(dirname(file));
  } finally {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  // Windows cannot open folders; its file system keeps names in its own journal.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Whether this master key opens the keys stored beside the log; true when none is stored yet. */
export const masterKeyFits = async (pool: pg.Pool | pg.Client, masterKey: MasterKey): Promise<boolean> => {
  const { rows } = await pool.query<{ wrapped: Buffer }>(
    'select wrapped from key_store.keys where wrapped is not null limit 1',
  );
  const stored = rows[0];
  if (!stored) return true;
  try {
    unwrapKey(stored.wrapped, masterKey.bytes);
    return true;
  } catch {
    return false;
  }
};

/** Throws one sentence when `masterKeyFits` does not hold. */
export const assertMasterKeyFits = async (pool: pg.Pool | pg.Client, masterKey: MasterKey): Promise<void> => {
  if (await masterKeyFits(pool, masterKey)) return;
  throw new Error('The master key does not open the stored keys: put back the master.key this database was made with.');
};
