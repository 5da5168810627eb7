import { createHmac, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKeySource, PublicKeySet } from './key-source.ts';
import { type SigningKey, signAccessToken } from './sign-token.ts';
import { createTokenVerifier, type TokenVerifier } from './verify-token.ts';

const session = { userId: randomUUID(), sessionId: randomUUID() };
let signingKey: SigningKey;
let keys: PublicKeySet;
let now = Date.now();
let verifier: TokenVerifier;

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  signingKey = { kid: 'ours', privateKey: pair.privateKey };
  keys = PublicKeySet.parse({
    keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'ours', alg: 'EdDSA', use: 'sig' }],
  });
  verifier = createTokenVerifier(
    createKeySource(() => Promise.resolve(keys)),
    () => now,
  );
});

it('a token is good for ten minutes and the five seconds that clocks may differ, also when it was seen before', async () => {
  const { token } = await signAccessToken(signingKey, session, now);
  const unseen = (await signAccessToken(signingKey, session, now)).token;
  const signedAt = Math.floor(now / 1000) * 1000;
  expect(await verifier.verify(token)).toMatchObject(session);
  now = signedAt + 604_000;
  expect(await verifier.verify(token)).toMatchObject(session);
  expect(await verifier.verify(unseen)).toMatchObject(session);
  now = signedAt + 605_000;
  expect(await verifier.verify(token)).toBeUndefined();
  expect(await verifier.verify((await signAccessToken(signingKey, session, signedAt)).token)).toBeUndefined();
});

it('a token is good at once where the clock is a few seconds behind that of the signer, and not where it is more', async () => {
  const [soon, later] = [
    await signAccessToken(signingKey, session, now + 4_000),
    await signAccessToken(signingKey, session, now + 8_000),
  ];
  expect(await verifier.verify(soon.token)).toMatchObject(session);
  expect(await verifier.verify(later.token)).toBeUndefined();
});

describe('a forged token is refused', () => {
  const seconds = () => Math.floor(now / 1000);
  const claims = (): JWTPayload => ({
    iss: 'ims',
    aud: 'ims',
    sub: session.userId,
    sid: session.sessionId,
    jti: 'x',
    iat: seconds(),
    exp: seconds() + 600,
  });
  const sign = (payload: JWTPayload, header: object = {}, key = signingKey.privateKey) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: 'ours', typ: 'at+jwt', ...header }).sign(key);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const without = (claim: string) => Object.fromEntries(Object.entries(claims()).filter(([name]) => name !== claim));
  const stranger = async () => (await generateKeyPair('EdDSA')).privateKey;

  const forgeries: [string, () => Promise<string>][] = [
    ['signed by somebody else', async () => sign(claims(), {}, await stranger())],
    ['under an unknown key id', () => sign(claims(), { kid: 'theirs' })],
    ['without a key id', () => sign(claims(), { kid: undefined })],
    ['of another type', () => sign(claims(), { typ: 'JWT' })],
    ['of another issuer', () => sign({ ...claims(), iss: 'ims ' })],
    ['for another audience', () => sign({ ...claims(), aud: 'other' })],
    ['for several audiences', () => sign({ ...claims(), aud: ['ims', 'other'] })],
    ['without an end', () => sign(without('exp'))],
    ['without a session', () => sign(without('sid'))],
    ['without a user', () => sign(without('sub'))],
    ['that ended ten minutes ago', () => sign({ ...claims(), iat: seconds() - 1_200, exp: seconds() - 600 })],
    ['older than it may be', () => sign({ ...claims(), iat: seconds() - 3_600 })],
    ['from the future', () => sign({ ...claims(), iat: seconds() + 3_600, exp: seconds() + 7_200 })],
    ['of a user that is no UUID', () => sign({ ...claims(), sub: "' or true" })],
    ['without a signature', async () => `${encode({ alg: 'none', kid: 'ours', typ: 'at+jwt' })}.${encode(claims())}.`],
    [
      'signed with the public key as a password',
      async () => {
        const text = `${encode({ alg: 'HS256', kid: 'ours', typ: 'at+jwt' })}.${encode(claims())}`;
        const signature = createHmac('sha256', keys.keys[0]?.x ?? '')
          .update(text)
          .digest('base64url');
        return `${text}.${signature}`;
      },
    ],
    [
      'with another user put in',
      async () => {
        const [header, , signature] = (await sign(claims())).split('.');
        return `${header}.${encode({ ...claims(), sub: randomUUID() })}.${signature}`;
      },
    ],
  ];
  it.each(forgeries)('%s', async (_how, forge) => {
    expect(await verifier.verify(await forge())).toBeUndefined();
  });

  it('while the same token without the forgery is good', async () => {
    expect(await verifier.verify(await sign(claims()))).toMatchObject(session);
  });
});

describe('the keys', () => {
  it('stay good while their source is away', async () => {
    let isAway = false;
    let clock = 0;
    const load = () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(keys));
    const source = createKeySource(load, () => clock);
    expect(await source.publicKey('ours')).toBeDefined();
    isAway = true;
    clock = 60_000;
    expect(await source.publicKey('new')).toBeUndefined();
    expect(await source.publicKey('ours')).toBeDefined();
  });

  it('are asked for once in ten seconds, however many unknown key ids come', async () => {
    let loads = 0;
    let clock = 0;
    const load = () => {
      loads += 1;
      return Promise.resolve(keys);
    };
    const source = createKeySource(load, () => clock);
    for (const kid of ['a', 'b', 'c']) expect(await source.publicKey(kid)).toBeUndefined();
    expect(loads).toBe(1);
    clock = 10_001;
    await Promise.all(['d', 'e'].map((kid) => source.publicKey(kid)));
    expect(loads).toBe(2);
  });
});
