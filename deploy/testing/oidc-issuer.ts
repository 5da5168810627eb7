import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

export type Account = { readonly subject: string; readonly email: string; readonly emailVerified: boolean };
export type Client = { readonly id: string; readonly secret: string; readonly redirectUris: readonly string[] };
export type SigningAlgorithm = 'RS256' | 'ES256';

export type IssuerOptions = {
  /** Default: any that is free. */
  readonly port?: number;
  readonly accounts: readonly Account[];
  readonly clients: readonly Client[];
  /** Whom access tokens are made out to where a client asks for that; default `https://ims.test/api`. */
  readonly audience?: string;
  /** Of ID tokens and access tokens; default RS256. */
  readonly algorithm?: SigningAlgorithm;
};

export type RunningIssuer = {
  readonly issuer: string;
  readonly port: number;
  readonly audience: string;
  /** From now on whoever comes to sign in is this account; at first the first. */
  signInAs(subject: string): void;
  /** From now on whoever comes to sign in is sent back with `access_denied`. */
  refuseSignIn(): void;
  /** The real key's signature under whatever claims and header a test makes up. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  readonly publicJwk: JWK;
  readonly kid: string;
  stop(): Promise<void>;
};

/** A real OpenID Connect server (oidc-provider) on loopback that signs people in without asking them for anything. */
export const startIssuer = async (options: IssuerOptions): Promise<RunningIssuer> => {
  const { accounts, algorithm = 'RS256', audience = 'https://ims.test/api' } = options;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const kid = `${algorithm.toLowerCase()}-${Math.random().toString(36).slice(2)}`;
  const use = { kid, alg: algorithm, use: 'sig' };
  let next: string | undefined = accounts[0]?.subject;
  const provider = new Provider(issuer, {
    ...configurationFor(options, { algorithm, audience }),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), ...use }] as NonNullable<Configuration['jwks']>['keys'] },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    const result = next === undefined ? { error: 'access_denied' } : { login: { accountId: next, remember: false } };
    provider.interactionFinished(request, response, result).catch(() => response.writeHead(500).end());
  });
  return {
    issuer,
    port,
    audience,
    kid,
    publicJwk: { ...(await exportJWK(publicKey)), ...use },
    signInAs: (subject) => {
      next = subject;
    },
    refuseSignIn: () => {
      next = undefined;
    },
    sign: (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid, typ: 'at+jwt', ...header })
        .sign(privateKey, { crit: { x: true } }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

type Chosen = { readonly algorithm: SigningAlgorithm; readonly audience: string };

const configurationFor = ({ accounts, clients }: IssuerOptions, { algorithm, audience }: Chosen): Configuration => ({
  clients: clients.map(({ id, secret, redirectUris }) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    id_token_signed_response_alg: algorithm,
  })),
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
  ttl: { AccessToken: 600, IdToken: 600, Grant: 600, Interaction: 600, Session: 600, AuthorizationCode: 60 },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: '',
        audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: algorithm } },
      }),
    },
  },
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  findAccount: (_context, subject) => {
    const account = accounts.find((one) => one.subject === subject);
    if (!account) return undefined;
    const { email, emailVerified } = account;
    return { accountId: subject, claims: () => ({ sub: subject, email, email_verified: emailVerified }) };
  },
  // Nobody is asked for consent: what is asked for is granted.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({
      ...(oidc.client ? { clientId: oidc.client.clientId } : {}),
      ...(oidc.session?.accountId ? { accountId: oidc.session.accountId } : {}),
    });
    grant.addOIDCScope('openid email');
    grant.addResourceScope(audience, '');
    await grant.save();
    return grant;
  },
});
