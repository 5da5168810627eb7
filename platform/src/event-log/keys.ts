import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { WrappedKey } from './event-log.ts';
import { unwrapKey, wrapKey } from './key-wrapping.ts';
import type { MasterKey } from './master-key.ts';

/** A subject's key as it is stored, or the mark that it was deleted and must not come back. */
export type StoredKey = { readonly masterKeyId: string; readonly wrapped: Buffer } | 'erased';

/** Where wrapped keys stand, apart from the log. New ones come in through the log's append. */
export type KeyStore = {
  /** The keys of these subjects; subjects that never had one are missing from the answer. */
  read(subjects: readonly string[]): Promise<ReadonlyMap<string, StoredKey>>;
  /** Deletes the key for ever: what was sealed under it becomes unreadable wherever it has been copied to. */
  erase(subject: string): Promise<void>;
};

export const createPostgresKeyStore = (pool: pg.Pool): KeyStore => ({
  read: async (subjects) => {
    const { rows } = await pool.query<{ subject: string; master_key_id: string; wrapped: Buffer | null }>({
      name: 'key_store_read',
      text: 'select subject, master_key_id, wrapped from key_store.keys where subject = any($1)',
      values: [subjects],
    });
    return new Map(
      rows.map((row): [string, StoredKey] => [
        row.subject,
        row.wrapped ? { masterKeyId: row.master_key_id, wrapped: row.wrapped } : 'erased',
      ]),
    );
  },
  erase: async (subject) => {
    await pool.query(
      `insert into key_store.keys (subject, master_key_id, wrapped, erased_at) values ($1, '', null, now())
       on conflict (subject) do update set wrapped = null, erased_at = coalesce(keys.erased_at, now())`,
      [subject],
    );
  },
});

/** Thrown when content of a subject whose key was deleted is about to be written. */
export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';
}

export type SubjectKeys = {
  /** The subject's key, and its wrapped form as long as it may not be stored yet. Throws SubjectErased. */
  forSealing(subject: string, isNew: boolean): Promise<{ readonly key: Buffer; readonly newKey?: WrappedKey }>;
  /** The keys that still exist, in at most one query. */
  forOpening(subjects: Iterable<string>): Promise<ReadonlyMap<string, Buffer>>;
  /** Drops the subject's key from memory, after it was deleted. */
  forget(subject: string): void;
};

const cacheMs = 10 * 60_000;
const cacheSize = 50_000;

/** Keys of subjects, unwrapped and kept in memory for ten minutes at most. */
export const createSubjectKeys = (store: KeyStore, masterKey: MasterKey): SubjectKeys => {
  const known = new LRUCache<string, Buffer>({ max: cacheSize, ttl: cacheMs });
  const pending = new LRUCache<string, Buffer>({ max: cacheSize, ttl: cacheMs });

  const learn = (subject: string, stored: { masterKeyId: string; wrapped: Buffer }): Buffer => {
    const key = unwrapStored(subject, stored, masterKey);
    known.set(subject, key);
    pending.delete(subject);
    return key;
  };

  /** Made once per subject and process: appends that race in one process then agree on the key. */
  const makeKey = (subject: string): { key: Buffer; newKey: WrappedKey } => {
    const key = pending.get(subject) ?? randomBytes(32);
    pending.set(subject, key);
    return { key, newKey: { subject, masterKeyId: masterKey.id, wrapped: wrapKey(key, masterKey.bytes) } };
  };

  return {
    forSealing: async (subject, isNew) => {
      const cached = known.get(subject);
      if (cached) return { key: cached };
      if (isNew) return makeKey(subject);
      const stored = (await store.read([subject])).get(subject);
      if (stored === 'erased') throw new SubjectErased(`The content of ${subject} was erased for ever.`);
      return stored ? { key: learn(subject, stored) } : makeKey(subject);
    },
    forOpening: async (subjects) => {
      const keys = new Map<string, Buffer>();
      const missing: string[] = [];
      for (const subject of subjects) {
        const cached = known.get(subject);
        if (cached) keys.set(subject, cached);
        else missing.push(subject);
      }
      if (missing.length === 0) return keys;
      for (const [subject, stored] of await store.read(missing)) {
        if (stored !== 'erased') keys.set(subject, learn(subject, stored));
      }
      return keys;
    },
    forget: (subject) => {
      known.delete(subject);
      pending.delete(subject);
    },
  };
};

const unwrapStored = (
  subject: string,
  stored: { masterKeyId: string; wrapped: Buffer },
  masterKey: MasterKey,
): Buffer => {
  try {
    return unwrapKey(stored.wrapped, masterKey.bytes);
  } catch (cause) {
    const sentence = `The key of ${subject} was wrapped by master key ${stored.masterKeyId}; this one is ${masterKey.id}.`;
    throw new Error(sentence, { cause });
  }
};
