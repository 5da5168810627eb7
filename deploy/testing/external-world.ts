import { securityStream, userStream } from '@ims/contracts/ids';
import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { followUntil } from './code-flow-tokens.ts';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { type RunningIssuer, startIssuer } from './oidc-issuer.ts';
import { type RunningProduct, runProduct } from './running-product.ts';

export const publicUrl = 'http://localhost:3999';
export const external = '/api/v1/auth/external';

/** The demonstration's people as two issuers know them: some by a verified address, some not, some not at all. */
const accounts = [
  { subject: 'idp|elias', email: 'Editor@demo.example', emailVerified: true },
  { subject: 'idp|elias-2', email: 'editor@demo.example', emailVerified: true },
  { subject: 'idp|audrey', email: 'auditor@demo.example', emailVerified: true },
  { subject: 'idp|vera', email: 'viewer@demo.example', emailVerified: false },
  { subject: 'idp|otto', email: 'operator@demo.example', emailVerified: true },
  { subject: 'idp|nobody', email: 'nobody@elsewhere.example', emailVerified: true },
];

const clientOf = (name: string) => ({
  id: `ims-${name}`,
  secret: `the secret of ${name}, 32 characters`,
  redirectUris: [`${publicUrl}${external}/${name}/callback`],
});
const configured = (name: string, label: string, address: string) => ({
  name,
  label,
  issuer: address,
  clientId: clientOf(name).id,
  clientSecret: clientOf(name).secret,
  algorithms: ['RS256' as const],
  acceptBearer: false,
  linkVerifiedEmail: true,
  scopes: 'openid email',
  clientAuthentication: 'basic' as const,
  tokenType: 'at+jwt' as const,
  requiredClaims: [],
  maxTokenAgeSeconds: 3_600,
});

/** The product with an issuer `house`, an issuer `partner`, and one `gone` that does not answer. */
export const startExternalWorld = async () => {
  const [house, partner] = await Promise.all([
    startIssuer({ accounts, clients: [clientOf('house')] }),
    startIssuer({ accounts, clients: [clientOf('partner')] }),
  ]);
  const running = await runProduct({
    options: {
      publicUrl,
      issuers: [
        configured('house', 'Our house', house.issuer),
        configured('partner', 'A partner', partner.issuer),
        { ...configured('gone', 'Nobody there', 'http://localhost:9'), linkVerifiedEmail: false },
      ],
    },
  });
  const owner = createPool({ url: running.databaseUrl, applicationName: 'test-owner' });
  const started = new Set<RunningIssuer>([house, partner]);
  return {
    running,
    owner,
    house,
    partner,
    idOf: await readIds(owner),
    ...journeysOf(running, house),
    ...recordsOf(running, owner),
    restartPartner: async (port: number): Promise<void> => {
      started.add(await startIssuer({ port, accounts, clients: [clientOf('partner')] }));
    },
    stop: async (): Promise<void> => {
      await owner.end();
      await running.stop();
      await Promise.all([...started].map((one) => one.stop()));
    },
  };
};
export type ExternalWorld = Awaited<ReturnType<typeof startExternalWorld>>;

const readIds = async (owner: pg.Pool): Promise<(username: string) => string> => {
  const { rows } = await owner.query<{ user_id: string; username: string }>(
    'select user_id, username from read.users_v1',
  );
  const ids = new Map(rows.map(({ user_id: id, username }) => [username, id]));
  return (username) => ids.get(username) ?? '';
};

const journeysOf = (running: RunningProduct, house: RunningIssuer) => {
  /** From the button to where the issuer sends the browser back to, before it goes there. */
  const goToIssuer = async (jar: CookieJar, { to = '/', name = 'house' } = {}): Promise<string> => {
    const start = await jar.get(`${running.url}${external}/${name}/start?to=${encodeURIComponent(to)}`);
    const back = await followUntil(start.headers.get('location') ?? '', publicUrl, jar);
    return back.slice(publicUrl.length);
  };
  const comeBack = async (jar: CookieJar, callback: string): Promise<string> =>
    (await jar.get(running.url + callback)).headers.get('location') ?? '';
  return {
    goToIssuer,
    comeBack,
    signIn: async (subject: string, { to = '/', jar = createCookieJar() } = {}): Promise<string> => {
      house.signInAs(subject);
      return comeBack(jar, await goToIssuer(jar, { to }));
    },
    /** Whom the refresh cookie of a browser signs in; undefined for nobody. */
    whoIs: async (jar: CookieJar): Promise<string | undefined> => {
      const cookie = jar.cookie('__Host-ims-refresh');
      if (cookie === undefined) return undefined;
      const headers = { cookie: `__Host-ims-refresh=${cookie}`, 'sec-fetch-site': 'same-origin' };
      const { status, body } = await running.anonymous('POST', '/api/v1/auth/refresh', { headers });
      return status === 200 ? body.user.username : undefined;
    },
  };
};

const recordsOf = ({ product }: RunningProduct, owner: pg.Pool) => ({
  securityEvents: async () => {
    const codec = createCodec({ keyStore: createPostgresKeyStore(owner), masterKey: testMasterKey });
    return codec.openAll(await product.log.readStream(securityStream(new Date().toISOString())));
  },
  linkEvents: async (userId: string) =>
    (await product.log.readStream(userStream(userId))).filter(({ type }) => type === 'UserExternalIdentityLinked'),
});
