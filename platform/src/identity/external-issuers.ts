import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Signature algorithms that a token of an issuer may have; all are asymmetric. */
export const issuerAlgorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const;
export type IssuerAlgorithm = (typeof issuerAlgorithms)[number];

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an issuer's address, or one that its metadata names, is safe to call: TLS, or this very machine. */
export const isSafeIssuerUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
};

const text = (problem: string) => z.string(problem).min(1, problem);

const Issuer = z
  .strictObject({
    name: z.string('must be given').regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits or dashes'),
    label: text('must say what stands on the button').max(60, 'must have at most 60 characters'),
    issuer: z
      .string('must be the address of the issuer')
      .refine(isSafeIssuerUrl, 'must be an address like https://tenant.example.com/ (http on this machine only)'),
    clientId: text('must be the client’s id at the issuer'),
    clientSecret: z.string().min(1, 'must not be empty').optional(),
    clientAuthentication: z.enum(['basic', 'post'], 'must be basic or post').default('basic'),
    audience: z.string().min(1, 'must not be empty').optional(),
    algorithms: z
      .array(z.enum(issuerAlgorithms, `must be one of ${issuerAlgorithms.join(', ')}`), 'must be a list')
      .min(1, 'must name at least one algorithm'),
    acceptBearer: z.boolean('must be true or false').default(false),
    linkVerifiedEmail: z.boolean('must be true or false').default(false),
    scopes: z.string().min(1).default('openid email'),
    tokenType: z.enum(['at+jwt', 'JWT'], 'must be at+jwt or JWT').default('at+jwt'),
    requiredClaims: z.array(z.string().min(1)).default([]),
    maxTokenAgeSeconds: z.int('must be a number of seconds').min(60).max(86_400).default(3_600),
  })
  .refine(({ scopes }) => scopes.split(' ').includes('openid'), {
    path: ['scopes'],
    message: 'must contain openid',
  })
  .refine(({ acceptBearer, audience }) => !acceptBearer || audience !== undefined, {
    path: ['audience'],
    message: 'must be set for acceptBearer',
  })
  .refine(({ audience, clientId }) => audience !== clientId, {
    path: ['audience'],
    message: 'must not be the clientId: ID tokens are made out to that, and they are no access tokens',
  });

/**
 * An external OpenID Connect issuer. `issuer` is compared character by character; `name` stands in addresses and in the
 * log; `audience`, `tokenType`, `requiredClaims` and `maxTokenAgeSeconds` hold for bearer tokens of the issuer.
 */
export type ExternalIssuer = Readonly<z.infer<typeof Issuer>>;

const uniqueNames = (issuers: readonly ExternalIssuer[]): boolean =>
  new Set(issuers.map(({ name }) => name)).size === issuers.length &&
  new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variable `OIDC_ISSUERS`: a JSON array, checked. A client's secret stands in it as `clientSecret`, or in
 * `OIDC_CLIENT_SECRET_<NAME>` (upper case, `-` as `_`), or in the file that `OIDC_CLIENT_SECRET_<NAME>_FILE` names.
 */
export const externalIssuersVariable = (environment: Environment) =>
  z
    .string()
    .default('[]')
    .transform((json, context) => {
      try {
        const value: unknown = JSON.parse(json);
        return Array.isArray(value) ? value.map((one) => withSecret(one, environment, context)) : value;
      } catch {
        context.addIssue('must be a JSON array of issuers');
        return z.NEVER;
      }
    })
    .pipe(
      z
        .array(Issuer, 'must be a JSON array of issuers')
        .refine(uniqueNames, 'must name every issuer once: names and issuer addresses are unique'),
    );

const withSecret = (given: unknown, environment: Environment, context: z.RefinementCtx): unknown => {
  if (typeof given !== 'object' || given === null || 'clientSecret' in given) return given;
  if (!('name' in given) || typeof given.name !== 'string') return given;
  const variable = `OIDC_CLIENT_SECRET_${given.name.toUpperCase().replaceAll('-', '_')}`;
  const clientSecret = environment[variable]?.trim() || secretFromFile(`${variable}_FILE`, environment, context);
  return clientSecret ? { ...given, clientSecret } : given;
};

const secretFromFile = (variable: string, environment: Environment, context: z.RefinementCtx): string | undefined => {
  const file = environment[variable]?.trim();
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    context.addIssue(`${variable} names a file that cannot be read`);
    return undefined;
  }
};

/** The value of `OIDC_ISSUERS` for another process; one that only verifies bearer tokens needs no secrets. */
export const externalIssuersText = (
  issuers: readonly ExternalIssuer[],
  { withSecrets }: { readonly withSecrets: boolean },
): string =>
  JSON.stringify(
    issuers.map(({ clientSecret, ...rest }) => (withSecrets && clientSecret ? { ...rest, clientSecret } : rest)),
  );
