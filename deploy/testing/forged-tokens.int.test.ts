import { randomUUID } from 'node:crypto';
import { openSigningKeys } from '@ims/command-api/auth/signing-keys';
import { createPool } from '@ims/platform/database/pool';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { decodeJwt, SignJWT } from 'jose';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeFlowTokens } from './code-flow-tokens.ts';
import { forgeries, type Mint } from './forged-tokens.ts';
import { type Account, type RunningIssuer, startIssuer } from './oidc-issuer.ts';
import { type RunningProduct, runProduct } from './running-product.ts';

const account: Account = { subject: 'auth0|elias', email: 'elias@elsewhere.example', emailVerified: true };
const client = { id: 'ims-spa', secret: 'a secret of the tests alone', redirectUris: ['http://localhost:3999/back'] };
const apis = [
  ['command API', '/api/v1/auth/me'],
  ['query API', '/api/v1/sites'],
] as const;
const names = ['IMS', 'external RS256', 'external ES256'] as const;

let running: RunningProduct;
let owner: pg.Pool;
let rsa: RunningIssuer;
let ecdsa: RunningIssuer;
let mints: Readonly<Record<(typeof names)[number], Mint>>;
let ownToken: string;
let userId: string;

const configured = ({ issuer, audience }: RunningIssuer, name: string, algorithm: 'RS256' | 'ES256') => ({
  name,
  label: name,
  issuer,
  clientId: client.id,
  audience,
  algorithms: [algorithm],
  acceptBearer: true,
  linkVerifiedEmail: false,
  scopes: 'openid email',
  clientAuthentication: 'basic' as const,
  tokenType: 'at+jwt' as const,
  requiredClaims: ['client_id'],
  maxTokenAgeSeconds: 3_600,
});

beforeAll(async () => {
  [rsa, ecdsa] = (await Promise.all(
    (['RS256', 'ES256'] as const).map((algorithm) =>
      startIssuer({ accounts: [account], clients: [client], algorithm }),
    ),
  )) as [RunningIssuer, RunningIssuer];
  running = await runProduct({
    options: { issuers: [configured(rsa, 'rsa', 'RS256'), configured(ecdsa, 'ecdsa', 'ES256')] },
  });
  owner = createPool({ url: running.databaseUrl, applicationName: 'test-owner' });
  const login = await running.anonymous('POST', '/api/v1/auth/login', {
    body: { username: 'editor', password: 'Demo-2026!' },
  });
  ownToken = login.body.token;
  userId = login.body.user.id;
  for (const { issuer } of [rsa, ecdsa]) {
    await owner.query('insert into write_side.external_identities (issuer, subject, user_id) values ($1, $2, $3)', [
      issuer,
      account.subject,
      userId,
    ]);
  }
  mints = {
    IMS: await ownMint(),
    'external RS256': externalMint(rsa, 'RS256'),
    'external ES256': externalMint(ecdsa, 'ES256'),
  };
});
afterAll(async () => {
  await owner?.end();
  await running?.stop();
  await Promise.all([rsa?.stop(), ecdsa?.stop()]);
});

const lifetime = () => {
  const iat = Math.floor(Date.now() / 1_000);
  return { iat, exp: iat + 600, jti: randomUUID() };
};

/** With the key of this installation, as nobody but the command API has it. */
const ownMint = async (): Promise<Mint> => {
  const { current, keySet } = await openSigningKeys(owner, testMasterKey);
  const [publicJwk] = (await keySet()).keys;
  if (!publicJwk) throw new Error('There is no signing key');
  const { sid } = decodeJwt(ownToken);
  return {
    name: 'IMS',
    algorithm: 'EdDSA',
    kid: current.kid,
    publicJwk,
    claims: () => ({ iss: 'ims', aud: 'ims', sub: userId, sid, ...lifetime() }),
    sign: (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid: current.kid, typ: 'at+jwt', ...header })
        .sign(current.privateKey, { crit: { x: true } }),
    requiredClaim: 'sid',
  };
};

const externalMint = (
  { issuer, audience, kid, publicJwk, sign }: RunningIssuer,
  algorithm: 'RS256' | 'ES256',
): Mint => ({
  name: issuer,
  algorithm,
  kid,
  publicJwk,
  claims: () => ({ iss: issuer, aud: audience, sub: account.subject, client_id: client.id, ...lifetime() }),
  sign,
  requiredClaim: 'client_id',
});

const statusOf = async (token: string, path: string): Promise<number> =>
  (await running.anonymous('GET', path, { headers: { authorization: `Bearer ${token}` } })).status;

describe.each(names)('a token of %s', (name) => {
  describe.each(apis)('at the %s', (api, path) => {
    const refused: string[] = [];
    // Titles of tests that pass are not printed by every reporter; what was refused is to be read in every run.
    afterAll(
      () => void process.stdout.write(`Forged tokens of ${name} refused by the ${api}: ${refused.join('; ')}\n`),
    );
    it.each(forgeries)('is refused: %s', async (kind, forge) => {
      const mint = mints[name];
      const other = mints[name === 'external RS256' ? 'external ES256' : 'external RS256'];
      expect(await statusOf(await mint.sign(mint.claims()), path)).toBe(200);
      expect(await statusOf(await forge(mint, other), path)).toBe(401);
      refused.push(kind);
    });
  });
});

describe('a token that the issuer itself gave out', () => {
  it.each(apis)(
    'for this API is good at the %s; its ID token and one for somebody else are not',
    async (_api, path) => {
      for (const issuer of [rsa, ecdsa]) {
        const { accessToken, idToken, opaqueToken } = await codeFlowTokens(issuer, client);
        expect(await statusOf(accessToken, path)).toBe(200);
        expect(await statusOf(idToken, path)).toBe(401);
        expect(await statusOf(opaqueToken, path)).toBe(401);
      }
    },
  );

  it('opens what the roles here allow, whatever roles it names', async () => {
    const mint = mints['external RS256'];
    const token = await mint.sign({ ...mint.claims(), roles: ['administrator'], permissions: ['system.administer'] });
    const headers = { authorization: `Bearer ${token}` };
    expect((await running.anonymous('GET', '/api/v1/users', { headers })).status).toBe(403);
    const list = await running.anonymous('GET', '/api/v1/interactions', { headers, siteId: running.sites.brussels });
    expect(list.status).toBe(200);
  });

  it('is good for one more second at most when its link is gone, and for no command', async () => {
    const mint = mints['external ES256'];
    const token = await mint.sign(mint.claims());
    for (const [, path] of apis) expect(await statusOf(token, path)).toBe(200);
    await owner.query('delete from write_side.external_identities where issuer = $1', [ecdsa.issuer]);
    const from = Date.now();
    expect(await statusOf(token, '/api/v1/auth/me')).toBe(401);
    await expect.poll(() => statusOf(token, '/api/v1/sites'), { interval: 50 }).toBe(401);
    expect(Date.now() - from).toBeLessThan(1_500);
  });
});

describe('while the OIDC server is down', () => {
  it('people go on, by our tokens and by its; when it comes back with other keys those are believed', async () => {
    const mint = mints['external RS256'];
    const { port } = rsa;
    await rsa.stop();
    for (const [, path] of apis) {
      expect(await statusOf(ownToken, path)).toBe(200);
      // New ones: their signature is checked now, with the keys that were kept.
      expect(await statusOf(await mint.sign(mint.claims()), path)).toBe(200);
      expect(await statusOf(await mint.sign(mint.claims(), { kid: 'nobodys' }), path)).toBe(401);
    }
    rsa = await startIssuer({ port, accounts: [account], clients: [client], algorithm: 'RS256' });
    const renewed = externalMint(rsa, 'RS256');
    for (const [, path] of apis) {
      const status = async () => statusOf(await renewed.sign(renewed.claims()), path);
      // Keys are looked for once in ten seconds, however many unknown ones are named.
      await expect.poll(status, { interval: 200, timeout: 12_000 }).toBe(200);
      expect(await statusOf(await mint.sign(mint.claims()), path)).toBe(401);
    }
  });
});
