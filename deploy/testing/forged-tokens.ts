import { createHmac, createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** What makes good tokens of one issuer, and what a forger of them can know. */
export type Mint = {
  readonly name: string;
  readonly algorithm: 'EdDSA' | 'RS256' | 'ES256';
  readonly kid: string;
  readonly publicJwk: JWK;
  /** Of a token that is good now. */
  claims(): JWTPayload;
  /** The real signature under any claims and header. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A claim beyond the subject without which its tokens are no good. */
  readonly requiredClaim: string;
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1_000);
const headerOf = ({ algorithm, kid }: Mint) => ({ alg: algorithm, kid, typ: 'at+jwt' });

const stranger = ({ algorithm }: Mint) => generateKeyPair(algorithm, { extractable: true });

const without = (claims: JWTPayload, name: string): JWTPayload =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));

/** HMAC with the public key for its password, in the form in which libraries were once fooled: PEM. */
const signedWithPublicKey = (mint: Mint): string => {
  const text = `${encode({ ...headerOf(mint), alg: 'HS256' })}.${encode(mint.claims())}`;
  const key = createPublicKey({ key: { ...mint.publicJwk }, format: 'jwk' });
  const pem = key.export({ type: 'spki', format: 'pem' });
  return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
};

const signedByStranger = async (mint: Mint, header: (own: JWK) => Record<string, unknown>): Promise<string> => {
  const { privateKey, publicKey } = await stranger(mint);
  const jwk = await exportJWK(publicKey);
  return new SignJWT(mint.claims()).setProtectedHeader({ ...headerOf(mint), ...header(jwk) }).sign(privateKey);
};

export type Forgery = readonly [kind: string, forge: (mint: Mint, other: Mint) => Promise<string>];

/** Every kind of token that is not what it seems; each differs from a good one in one thing. */
export const forgeries: readonly Forgery[] = [
  [
    'without a signature (alg none)',
    async (mint) => `${encode({ ...headerOf(mint), alg: 'none' })}.${encode(mint.claims())}.`,
  ],
  ['signed with the public key as a password (HS256)', async (mint) => signedWithPublicKey(mint)],
  ['signed by another key under the same key id', (mint) => signedByStranger(mint, () => ({}))],
  ['under an unknown key id', (mint) => mint.sign(mint.claims(), { kid: 'nobodys' })],
  ['that brings its own key along (jwk)', (mint) => signedByStranger(mint, (jwk) => ({ jwk }))],
  [
    'that says where its key is (jku)',
    (mint) => signedByStranger(mint, () => ({ jku: 'https://attacker.example.org/jwks.json', kid: 'theirs' })),
  ],
  ['of another issuer’s key', (mint, other) => other.sign(mint.claims())],
  ['of another issuer', (mint) => mint.sign({ ...mint.claims(), iss: `${mint.claims().iss}/` })],
  ['for another audience', (mint) => mint.sign({ ...mint.claims(), aud: 'https://other.example.org' })],
  ['that has expired', (mint) => mint.sign({ ...mint.claims(), iat: seconds() - 300, exp: seconds() - 60 })],
  ['that never expires', (mint) => mint.sign(without(mint.claims(), 'exp'))],
  ['that is too old', (mint) => mint.sign({ ...mint.claims(), iat: seconds() - 90_000, exp: seconds() + 300 })],
  ['that is not valid yet (nbf)', (mint) => mint.sign({ ...mint.claims(), nbf: seconds() + 300 })],
  ['from the future (iat)', (mint) => mint.sign({ ...mint.claims(), iat: seconds() + 300, exp: seconds() + 600 })],
  ['of another type (an ID token’s)', (mint) => mint.sign(mint.claims(), { typ: 'JWT' })],
  ['without a subject', (mint) => mint.sign(without(mint.claims(), 'sub'))],
  ['without a claim it must have', (mint) => mint.sign(without(mint.claims(), mint.requiredClaim))],
  ['of a subject that is nobody here', (mint) => mint.sign({ ...mint.claims(), sub: crypto.randomUUID() })],
  [
    'with another subject put in after signing',
    async (mint) => {
      const [header, , signature] = (await mint.sign(mint.claims())).split('.');
      return `${header}.${encode({ ...mint.claims(), sub: crypto.randomUUID() })}.${signature}`;
    },
  ],
  ['that demands what nobody knows (crit)', (mint) => mint.sign(mint.claims(), { crit: ['x'], x: 1 })],
];
