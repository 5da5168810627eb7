import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import type { ExternalIssuer } from './external-issuers.ts';
import { verifyIssuerToken } from './issuer-tokens.ts';

const issuer: ExternalIssuer = {
  name: 'house',
  label: 'House',
  issuer: 'https://id.example.org/',
  clientId: 'ims',
  audience: 'https://ims.example.org/api',
  algorithms: ['RS256'],
  acceptBearer: true,
  linkVerifiedEmail: false,
  scopes: 'openid',
  clientAuthentication: 'basic',
  tokenType: 'at+jwt',
  requiredClaims: [],
  maxTokenAgeSeconds: 600,
};
const at = 1_800_000_000;
const claims: JWTPayload = { iss: issuer.issuer, aud: issuer.audience ?? '', sub: 'elias', iat: at, exp: at + 3_600 };
let privateJwk: JWK;
let publicJwk: JWK;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  [privateJwk, publicJwk] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)]);
});

/** A source that gives the key out for any algorithm: what is allowed is for the verifier to say. */
const keys = {
  publicKey: async (_kid: string, algorithm: string): Promise<CryptoKey> =>
    (await importJWK(publicJwk, algorithm)) as CryptoKey,
};
const sign = async (algorithm: 'RS256' | 'PS256', payload: JWTPayload = claims): Promise<string> =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: algorithm, kid: 'a', typ: 'at+jwt' })
    .sign((await importJWK(privateJwk, algorithm)) as CryptoKey);
const verify = (token: string, now = at + 1, given = issuer) =>
  verifyIssuerToken(token, { issuer: given, keys, now: now * 1_000 });

it('an algorithm that the configuration does not name is refused, also with the right key', async () => {
  expect(await verify(await sign('RS256'))).toMatchObject({ subject: 'elias' });
  expect(await verify(await sign('PS256'))).toBeUndefined();
  expect(await verify(await sign('PS256'), at + 1, { ...issuer, algorithms: ['PS256'] })).toBeDefined();
});

it('a token ends at its age or its end, whichever comes first', async () => {
  expect(await verify(await sign('RS256'))).toMatchObject({ expiresAt: (at + 600) * 1_000 });
  expect(await verify(await sign('RS256', { ...claims, exp: at + 60 }))).toMatchObject({
    expiresAt: (at + 60) * 1_000,
  });
  expect(await verify(await sign('RS256'), at + 620)).toBeUndefined();
});

it('clocks may differ by ten seconds and no more', async () => {
  expect(await verify(await sign('RS256'), at - 9)).toBeDefined();
  expect(await verify(await sign('RS256'), at - 11)).toBeUndefined();
});

it('a token for several is good when we are among them', async () => {
  expect(
    await verify(await sign('RS256', { ...claims, aud: ['https://id.example.org/userinfo', issuer.audience ?? ''] })),
  ).toBeDefined();
  expect(await verify(await sign('RS256', { ...claims, aud: ['https://id.example.org/userinfo'] }))).toBeUndefined();
});

it('no token is good where no audience is configured', async () => {
  const { audience: _none, ...without } = issuer;
  expect(await verify(await sign('RS256'), at + 1, without)).toBeUndefined();
});
