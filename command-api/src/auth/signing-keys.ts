import { hkdfSync } from 'node:crypto';
import { inTransaction } from '@ims/platform/database/transaction';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import { openText, type Place, sealText } from '@ims/platform/event-log/sealed-content';
import { createKeySource, type KeySource, PublicKeySet } from '@ims/platform/identity/key-source';
import type { SigningKey } from '@ims/platform/identity/sign-token';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type pg from 'pg';

export type SigningKeys = {
  /** Signs new tokens. */
  readonly current: SigningKey;
  /** The public halves of all keys in use, for `/.well-known/jwks.json`. */
  readonly keySet: () => Promise<PublicKeySet>;
  /** The same keys for verifying tokens in this process. */
  readonly keySource: KeySource;
};

type Row = { readonly kid: string; readonly sealed_private_jwk: string };
type Database = pg.Pool | pg.PoolClient;

const creationLock = 7_305_196_250;

/** Loads the newest signing key, or makes the first one. Throws one sentence when the master key is not the right one. */
export const openSigningKeys = async (pool: pg.Pool, masterKey: MasterKey): Promise<SigningKeys> => {
  const sealingKey = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims signing keys', 32));
  const row = (await newestKey(pool)) ?? (await createFirstKey(pool, sealingKey));
  const keySet = () => readKeySet(pool);
  return { current: await openKey(row, sealingKey), keySet, keySource: createKeySource(keySet) };
};

const newestKey = async (database: Database): Promise<Row | undefined> => {
  const { rows } = await database.query<Row>(
    `select kid, sealed_private_jwk from write_side.signing_keys
     where retired_at is null order by created_at desc, kid limit 1`,
  );
  return rows[0];
};

/** Several processes may start at once on a new database: one makes the key, the others take it. */
const createFirstKey = (pool: pg.Pool, sealingKey: Buffer): Promise<Row> =>
  inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [creationLock]);
    return (await newestKey(client)) ?? insertNewKey(client, sealingKey);
  });

const insertNewKey = async (client: pg.PoolClient, sealingKey: Buffer): Promise<Row> => {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const privateText = JSON.stringify(await exportJWK(pair.privateKey));
  const row = { kid, sealed_private_jwk: sealText(privateText, sealingKey, placeOf(kid)) };
  await client.query('insert into write_side.signing_keys (kid, public_jwk, sealed_private_jwk) values ($1, $2, $3)', [
    kid,
    { ...publicJwk, kid, alg: 'EdDSA', use: 'sig' },
    row.sealed_private_jwk,
  ]);
  return row;
};

const placeOf = (kid: string): Place => ({ stream: 'write_side.signing_keys', type: 'private-jwk', eventId: kid });

const openKey = async ({ kid, sealed_private_jwk: sealed }: Row, sealingKey: Buffer): Promise<SigningKey> => {
  const privateKey = await importJWK(openPrivate(sealed, sealingKey, kid), 'EdDSA');
  if (privateKey instanceof Uint8Array) throw new Error(`The signing key ${kid} is not a key pair.`);
  return { kid, privateKey };
};

const openPrivate = (sealed: string, sealingKey: Buffer, kid: string): JWK => {
  try {
    return JSON.parse(openText(sealed, sealingKey, placeOf(kid)));
  } catch (cause) {
    throw new Error('The master key does not open the signing key: put back the master.key it was made with.', {
      cause,
    });
  }
};

const readKeySet = async (pool: pg.Pool): Promise<PublicKeySet> => {
  const { rows } = await pool.query<{ public_jwk: unknown }>(
    'select public_jwk from write_side.signing_keys where retired_at is null order by created_at desc',
  );
  return PublicKeySet.parse({ keys: rows.map(({ public_jwk: key }) => key) });
};
