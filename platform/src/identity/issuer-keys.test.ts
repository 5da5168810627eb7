import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createIssuerKeys } from './issuer-keys.ts';

let server: Server;
let issuer: string;
let answers: Record<string, { status?: number; headers?: Record<string, string>; body: string }>;
let asked: string[];
let rsa: JWK;
let ec: JWK;

beforeAll(async () => {
  rsa = await exportJWK((await generateKeyPair('RS256', { extractable: true })).publicKey);
  ec = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey);
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const { status = 200, headers = {}, body } = answers[url] ?? { status: 404, body: '' };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const metadata = '/.well-known/openid-configuration';
const serve = (keys: readonly object[], issuerNamed = issuer): void => {
  answers = {
    [metadata]: { body: JSON.stringify({ issuer: issuerNamed, jwks_uri: `${issuer}/keys` }) },
    '/keys': { body: JSON.stringify({ keys }) },
  };
};
beforeEach(() => {
  asked = [];
  serve([]);
});
const keysOf = (...algorithms: ('RS256' | 'ES256' | 'PS256' | 'EdDSA')[]) => createIssuerKeys({ issuer, algorithms });

it('a key is good for the algorithms of its type that the configuration allows, and no other', async () => {
  serve([
    { ...rsa, kid: 'a' },
    { ...ec, kid: 'b' },
    { ...rsa, kid: 'c', alg: 'PS256' },
  ]);
  const keys = keysOf('RS256', 'PS256', 'ES256', 'EdDSA');
  expect(await keys.publicKey('a', 'RS256')).toBeDefined();
  expect(await keys.publicKey('a', 'PS256')).toBeDefined();
  expect(await keys.publicKey('a', 'ES256')).toBeUndefined();
  expect(await keys.publicKey('b', 'ES256')).toBeDefined();
  expect(await keys.publicKey('b', 'RS256')).toBeUndefined();
  expect(await keys.publicKey('c', 'PS256')).toBeDefined();
  expect(await keys.publicKey('c', 'RS256')).toBeUndefined();
  expect(await keysOf('ES256').publicKey('a', 'RS256')).toBeUndefined();
});

it('shared secrets, keys for encryption, short keys and broken ones are no keys, and spoil no other', async () => {
  const short = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(128, 0xc5).toString('base64url') };
  serve([
    { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' },
    { ...rsa, kid: 'encrypts', use: 'enc' },
    { ...short, kid: 'short' },
    { kty: 'RSA', n: 7, kid: 'broken' },
    { ...rsa, kid: 'good' },
  ]);
  const keys = keysOf('RS256');
  expect(await keys.publicKey('good', 'RS256')).toBeDefined();
  for (const kid of ['secret', 'encrypts', 'short', 'broken']) {
    expect([kid, await keys.publicKey(kid, 'RS256')]).toEqual([kid, undefined]);
  }
});

it('an issuer that speaks for another one is not believed', async () => {
  serve([{ ...rsa, kid: 'a' }], 'https://other.example.org');
  await expect(keysOf('RS256').publicKey('a', 'RS256')).rejects.toMatchObject({
    cause: { message: expect.stringContaining('speaks for another issuer') },
  });
});

it('keys that lie outside of TLS are not fetched', async () => {
  answers[metadata] = { body: JSON.stringify({ issuer, jwks_uri: 'http://keys.example.org/' }) };
  await expect(keysOf('RS256').publicKey('a', 'RS256')).rejects.toMatchObject({
    cause: { message: expect.stringContaining('not behind TLS') },
  });
});

it('nobody is led elsewhere', async () => {
  serve([{ ...rsa, kid: 'a' }]);
  answers['/elsewhere'] = answers['/keys'] ?? { body: '' };
  answers['/keys'] = { status: 302, headers: { location: `${issuer}/elsewhere` }, body: '' };
  await expect(keysOf('RS256').publicKey('a', 'RS256')).rejects.toThrow();
  expect(asked).not.toContain('/elsewhere');
});

it('an answer without end is broken off', async () => {
  serve([]);
  answers['/keys'] = { body: JSON.stringify({ keys: [], padding: 'x'.repeat(300_000) }) };
  await expect(keysOf('RS256').publicKey('a', 'RS256')).rejects.toMatchObject({
    cause: { message: expect.stringContaining('more than') },
  });
});

it('a new key is found when it is first used, and the withdrawn one is forgotten with that', async () => {
  let clock = 0;
  serve([{ ...rsa, kid: 'old' }]);
  const keys = createIssuerKeys({ issuer, algorithms: ['RS256'] }, { now: () => clock });
  expect(await keys.publicKey('old', 'RS256')).toBeDefined();
  serve([{ ...rsa, kid: 'new' }]);
  clock = 10_001;
  expect(await keys.publicKey('new', 'RS256')).toBeDefined();
  expect(await keys.publicKey('old', 'RS256')).toBeUndefined();
});

it('while the issuer never answered it is asked once in two seconds', async () => {
  let clock = 0;
  answers = {};
  const keys = createIssuerKeys({ issuer, algorithms: ['RS256'] }, { now: () => clock });
  for (const kid of ['a', 'b', 'c'])
    await expect(keys.publicKey(kid, 'RS256')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('404') },
    });
  expect(asked).toEqual([metadata]);
  clock = 2_001;
  serve([{ ...rsa, kid: 'a' }]);
  expect(await keys.publicKey('a', 'RS256')).toBeDefined();
});

it('a withdrawn key is forgotten after five minutes, also when no new one comes', async () => {
  let clock = 0;
  serve([{ ...rsa, kid: 'old' }]);
  const keys = createIssuerKeys({ issuer, algorithms: ['RS256'] }, { now: () => clock });
  expect(await keys.publicKey('old', 'RS256')).toBeDefined();
  serve([]);
  clock = 299_999;
  expect(await keys.publicKey('old', 'RS256')).toBeDefined();
  clock = 300_001;
  await expect.poll(() => keys.publicKey('old', 'RS256')).toBeUndefined();
});
