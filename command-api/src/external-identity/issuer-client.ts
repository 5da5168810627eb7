import type { ExternalIssuer } from '@ims/platform/identity/external-issuers';
import { isSafeIssuerUrl } from '@ims/platform/identity/external-issuers';
import { decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import type { ExternalAttempt } from './external-cookie.ts';

/** Whom an issuer says somebody is. `verifiedEmail` is undefined where the issuer does not vouch for one. */
export type ExternalPerson = { readonly subject: string; readonly verifiedEmail: string | undefined };

type Checks = Pick<ExternalAttempt, 'state' | 'nonce' | 'codeVerifier'>;

/** One issuer, as its client. Both throw when the issuer cannot be reached, and `finish` when it does not confirm. */
export type IssuerClient = {
  /** The address at the issuer to send the browser to, and what its way back is checked against. */
  begin(): Promise<{ readonly address: string } & Checks>;
  /** `query` is what the browser brought back, with its `?`. */
  finish(query: string, checks: Checks): Promise<ExternalPerson>;
};

/** The issuer did not confirm who it is; says why in the log alone. */
export class NotConfirmed extends Error {
  override readonly name = 'NotConfirmed';
}

const timeoutSeconds = 5;
/** How long an issuer's metadata is good before it is asked again; while it is away they stay good. */
const metadataMs = 3_600_000;

export const createIssuerClient = (issuer: ExternalIssuer, redirectUri: string): IssuerClient => {
  const configuration = rememberedConfiguration(issuer);
  return {
    begin: async () => {
      const config = await configuration();
      const checks = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      };
      const address = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: issuer.scopes,
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { address: address.href, ...checks };
    },
    finish: async (query, { state, nonce, codeVerifier }) => {
      const config = await configuration();
      const tokens = await oidc.authorizationCodeGrant(config, new URL(redirectUri + query), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      return personOf(config, issuer, tokens);
    },
  };
};

/** Found at the first need and kept; looked for again after an hour, or by the next caller when it was away. */
const rememberedConfiguration = (issuer: ExternalIssuer): (() => Promise<oidc.Configuration>) => {
  let found: { readonly config: oidc.Configuration; readonly at: number } | undefined;
  let finding: Promise<oidc.Configuration> | undefined;
  const find = (): Promise<oidc.Configuration> => {
    finding ??= discover(issuer)
      .then((config) => {
        found = { config, at: Date.now() };
        return config;
      })
      .finally(() => {
        finding = undefined;
      });
    return finding;
  };
  return () => {
    if (!found) return find();
    // The old one goes on while the issuer is away.
    if (Date.now() - found.at > metadataMs) find().catch(() => undefined);
    return Promise.resolve(found.config);
  };
};

const discover = async (issuer: ExternalIssuer): Promise<oidc.Configuration> => {
  const server = new URL(issuer.issuer);
  const [only, ...others] = issuer.algorithms;
  const config = await oidc.discovery(
    server,
    issuer.clientId,
    {
      [oidc.clockTolerance]: 10,
      ...(only !== undefined && others.length === 0 ? { id_token_signed_response_alg: only } : {}),
    },
    clientAuthentication(issuer),
    {
      timeout: timeoutSeconds,
      execute: [oidc.enableNonRepudiationChecks, ...(server.protocol === 'http:' ? [oidc.allowInsecureRequests] : [])],
    },
  );
  const metadata = config.serverMetadata();
  if (metadata.issuer !== issuer.issuer) throw new Error(`${issuer.issuer} speaks for another issuer.`);
  const endpoints = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri];
  if (!endpoints.every((one) => one !== undefined && isSafeIssuerUrl(one))) {
    throw new Error(`${issuer.issuer} names addresses that are not behind TLS.`);
  }
  return config;
};

const clientAuthentication = ({ clientSecret, clientAuthentication: method }: ExternalIssuer): oidc.ClientAuth => {
  if (clientSecret === undefined) return oidc.None();
  return method === 'post' ? oidc.ClientSecretPost(clientSecret) : oidc.ClientSecretBasic(clientSecret);
};

type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

/** The ID token was verified; only its algorithm is left to hold against the configuration. */
const personOf = async (
  config: oidc.Configuration,
  issuer: ExternalIssuer,
  tokens: Tokens,
): Promise<ExternalPerson> => {
  const claims = tokens.claims();
  const { alg } = decodeProtectedHeader(tokens.id_token ?? '');
  if (!claims || !issuer.algorithms.some((one) => one === alg)) {
    throw new NotConfirmed(`The ID token is signed with ${String(alg)}, which is not allowed for ${issuer.name}.`);
  }
  const subject = claims.sub;
  if (subject === '' || subject.length > 255) throw new NotConfirmed(`The subject is not usable.`);
  if (!issuer.linkVerifiedEmail) return { subject, verifiedEmail: undefined };
  const told = claims.email === undefined ? await userInfo(config, tokens.access_token, subject) : claims;
  const isVerified = typeof told.email === 'string' && told.email_verified === true;
  return { subject, verifiedEmail: isVerified ? String(told.email) : undefined };
};

/** Issuers may tell the e-mail address there alone. */
const userInfo = async (
  config: oidc.Configuration,
  accessToken: string,
  subject: string,
): Promise<{ readonly email?: unknown; readonly email_verified?: unknown }> =>
  config.serverMetadata().userinfo_endpoint === undefined ? {} : oidc.fetchUserInfo(config, accessToken, subject);

/** Whether the issuer was away, rather than not confirming somebody. */
export const isAway = (error: unknown): boolean => {
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500;
  if (error instanceof oidc.AuthorizationResponseError) return temporary.has(error.error);
  if (error instanceof oidc.ClientError) {
    return awayCodes.has(error.code ?? '') || (error.cause instanceof Response && error.cause.status >= 500);
  }
  // What fetch throws for a server that does not answer.
  return error instanceof TypeError && error.message === 'fetch failed';
};

const temporary = new Set(['server_error', 'temporarily_unavailable']);
const awayCodes = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT']);
