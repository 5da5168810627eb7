import { randomUUID } from 'node:crypto';
import { openSigningKeys } from '@ims/command-api/auth/signing-keys';
import { grantSystemRole, systemEvolution } from '@ims/command-api/system/system';
import { isRefusal } from '@ims/contracts/error-codes';
import { systemStream } from '@ims/contracts/ids';
import type { SiteRole, SystemRole } from '@ims/contracts/permissions';
import { createPool } from '@ims/platform/database/pool';
import { signAccessToken } from '@ims/platform/identity/sign-token';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { decodeJwt } from 'jose';
import { keepTypedPassword } from '../keep-typed-password.ts';
import type { Call, RunningProduct } from '../running-product.ts';
import type { PersonName } from './who-may.ts';

const password = 'Plum-Orchard-41';

export type Given = {
  /** The site that everybody's roles are on, and one that nobody has a role on. */
  readonly own: string;
  readonly other: string;
  /** Access tokens; nothing for the anonymous. */
  readonly tokens: Readonly<Record<PersonName, string | undefined>>;
  readonly userIds: Readonly<Partial<Record<PersonName, string>>>;
  /** Signed in as the demonstration's administrator, who made it all. */
  readonly maker: Call;
};

const siteRoles: Readonly<Partial<Record<PersonName, SiteRole>>> = {
  viewer: 'viewer',
  editor: 'editor',
  'site auditor': 'auditor',
  administrator: 'administrator',
  suspended: 'editor',
  removed: 'editor',
  expired: 'editor',
};
const systemRoles: Readonly<Partial<Record<PersonName, SystemRole>>> = {
  'system administrator': 'administrator',
  'system auditor': 'auditor',
  operator: 'operator',
};

const done = <Answer extends { readonly status: number; readonly body: unknown }>(answer: Answer): Answer => {
  if (answer.status < 300) return answer;
  throw new Error(`The preparation was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
};

/** Makes a site with somebody in every role, and one without any of them. `nameOf` gives the sites' names. */
export const givenPeople = async (
  running: RunningProduct,
  names: { readonly own: string; readonly other: string },
): Promise<Given> => {
  const { call: maker } = await running.signIn('admin');
  const makeSite = async (name: string): Promise<string> =>
    done(await maker('POST', '/api/v1/sites', { body: { name, description: '' } })).body.site.id;
  const [own, other] = [await makeSite(names.own), await makeSite(names.other)];
  const tokens: Partial<Record<PersonName, string>> = {};
  const userIds: Partial<Record<PersonName, string>> = {};
  for (const person of [...Object.keys(siteRoles), ...Object.keys(systemRoles)] as PersonName[]) {
    const username = `the-${person.replaceAll(' ', '-')}`;
    const userId = await register(maker, username);
    await keepTypedPassword(running.databaseUrl, userId);
    userIds[person] = userId;
    const role = siteRoles[person];
    const systemRole = systemRoles[person];
    if (role) done(await maker('PUT', `/api/v1/sites/${own}/users/${userId}`, { body: { role } }));
    if (systemRole) await grant(running, userId, systemRole);
    await running.product.projector.whenCaughtUp(await running.product.log.headPosition());
    tokens[person] = await tokenOf(running, username);
  }
  done(await maker('DELETE', `/api/v1/sites/${own}/users/${userIds.removed}`));
  done(await maker('POST', `/api/v1/users/${userIds.suspended}/deactivate`));
  const expired = await pastItsEnd(running.databaseUrl, tokens.expired ?? '');
  return { own, other, tokens: { ...tokens, expired } as Given['tokens'], userIds, maker };
};

const register = async (maker: Call, username: string): Promise<string> => {
  const body = { username, email: `${username}@example.org`, displayName: username, password };
  return done(await maker('POST', '/api/v1/users', { body })).body.user.id;
};

const tokenOf = async ({ anonymous }: RunningProduct, username: string): Promise<string> =>
  done(await anonymous('POST', '/api/v1/auth/login', { body: { username, password } })).body.token;

const grant = async ({ product }: RunningProduct, userId: string, role: SystemRole): Promise<void> => {
  const outcome = await product.commands.handle(
    {
      stream: systemStream,
      evolution: systemEvolution,
      decide: (state) => grantSystemRole(state, { userId, role }),
    },
    {
      ...product.commands.contexts.identify(userId, randomUUID(), [role]),
      correlationId: 'given',
      signal: AbortSignal.timeout(10_000),
    },
  );
  if (isRefusal(outcome)) throw new Error(outcome.message);
};

/** The same token as it would be twenty minutes later: signed by the right key, for a sign-in that still holds. */
const pastItsEnd = async (databaseUrl: string, token: string): Promise<string> => {
  const pool = createPool({ url: databaseUrl, applicationName: 'test' });
  try {
    const { current } = await openSigningKeys(pool, testMasterKey);
    const { sub = '', sid } = decodeJwt<{ sid: string }>(token);
    return (await signAccessToken(current, { userId: sub, sessionId: sid }, Date.now() - 20 * 60_000)).token;
  } finally {
    await pool.end();
  }
};
