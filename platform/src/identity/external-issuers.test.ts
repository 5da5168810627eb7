import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../config/load-config.ts';
import { externalIssuersText, externalIssuersVariable } from './external-issuers.ts';

const auth0 = {
  name: 'auth0',
  label: 'Auth0',
  issuer: 'https://tenant.eu.auth0.com/',
  clientId: 'abc',
  algorithms: ['RS256'],
};

const load = (environment: Record<string, string>) =>
  loadConfig(z.object({ OIDC_ISSUERS: externalIssuersVariable(environment) }), environment).OIDC_ISSUERS;
const loadIssuers = (issuers: unknown, environment: Record<string, string> = {}) =>
  load({ ...environment, OIDC_ISSUERS: JSON.stringify(issuers) });

describe('the issuers of the configuration', () => {
  it('are none where nothing is said', () => expect(load({})).toEqual([]));

  it('are strict where nothing else is said', () =>
    expect(loadIssuers([auth0])).toEqual([
      {
        ...auth0,
        acceptBearer: false,
        linkVerifiedEmail: false,
        scopes: 'openid email',
        clientAuthentication: 'basic',
        tokenType: 'at+jwt',
        requiredClaims: [],
        maxTokenAgeSeconds: 3_600,
      },
    ]));

  it('get their secrets from variables and files that are named after them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ims-secret-'));
    await writeFile(join(folder, 'secret'), 'from a file\n');
    const issuers = [auth0, { ...auth0, name: 'key-cloak', issuer: 'https://sso.example.org' }];
    const loaded = loadIssuers(issuers, {
      OIDC_CLIENT_SECRET_AUTH0: 'from a variable',
      OIDC_CLIENT_SECRET_KEY_CLOAK_FILE: join(folder, 'secret'),
    });
    expect(loaded.map(({ clientSecret }) => clientSecret)).toEqual(['from a variable', 'from a file']);
    expect(externalIssuersText(loaded, { withSecrets: false })).not.toContain('from a');
    expect(load({ OIDC_ISSUERS: externalIssuersText(loaded, { withSecrets: true }) })).toEqual(loaded);
    await rm(folder, { recursive: true });
  });

  it.each([
    ['that are no list', 'yes', 'OIDC_ISSUERS: must be a JSON array of issuers'],
    ['that are no JSON', '[{', 'OIDC_ISSUERS: must be a JSON array of issuers'],
    ['without TLS', [{ ...auth0, issuer: 'http://sso.example.org' }], 'OIDC_ISSUERS.0.issuer: must be an address like'],
    [
      'with a shared secret',
      [{ ...auth0, algorithms: ['HS256'] }],
      'OIDC_ISSUERS.0.algorithms.0: must be one of RS256',
    ],
    ['without a signature', [{ ...auth0, algorithms: ['none'] }], 'OIDC_ISSUERS.0.algorithms.0: must be one of RS256'],
    ['with no algorithm', [{ ...auth0, algorithms: [] }], 'OIDC_ISSUERS.0.algorithms: must name at least one'],
    [
      'with tokens for anybody',
      [{ ...auth0, acceptBearer: true }],
      'OIDC_ISSUERS.0.audience: must be set for acceptBearer',
    ],
    [
      'with ID tokens as access tokens',
      [{ ...auth0, audience: 'abc' }],
      'OIDC_ISSUERS.0.audience: must not be the client',
    ],
    ['of one name', [auth0, auth0], 'OIDC_ISSUERS: must name every issuer once'],
    ['with a word nobody knows', [{ ...auth0, audiences: 'x' }], 'OIDC_ISSUERS.0: Unrecognized key: "audiences"'],
    ['that do not sign people in', [{ ...auth0, scopes: 'email' }], 'OIDC_ISSUERS.0.scopes: must contain openid'],
  ])('are refused %s', (_how, issuers, problem) => {
    const text = typeof issuers === 'string' ? issuers : JSON.stringify(issuers);
    expect(() => load({ OIDC_ISSUERS: text })).toThrow(problem);
  });

  it('are refused with a secret whose file is not there', () =>
    expect(() => loadIssuers([auth0], { OIDC_CLIENT_SECRET_AUTH0_FILE: '/nowhere' })).toThrow(
      'OIDC_ISSUERS: OIDC_CLIENT_SECRET_AUTH0_FILE names a file that cannot be read',
    ));
});
