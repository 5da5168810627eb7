import { randomUUID } from 'node:crypto';
import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
import { isRefusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import type { Migration } from '@ims/platform/database/migrate';
import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { buildServer, type Server } from '@ims/platform/http/build-server';
import { createAccessReader } from '@ims/platform/identity/access';
import { createLiveSessions } from '@ims/platform/identity/live-sessions';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import { createLogger } from '@ims/platform/observability/logger';
import { securityMigrations } from '@ims/platform/security-events/migrations';
import {
  createSecurityInbox,
  type SecurityInbox,
  type WaitingReport,
} from '@ims/platform/security-events/security-inbox';
import { createTestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { createCommandContexts } from '../../command-handling/command-context.ts';
import { createCommandHandler, type HandleCommand } from '../../command-handling/handle-command.ts';
import { publicLinks } from '../../mail/links.ts';
import { createOutbox, type Mail, type Outbox } from '../../mail/outbox.ts';
import { registerUser } from '../../users/decide.ts';
import { userEvolution } from '../../users/user.ts';
import { type Auth, createAuth, keySetRoute } from '../auth.ts';
import { authMigrations } from '../migrations.ts';
import { createPasswordHashing, type PasswordHashing } from '../password-hashing.ts';
import { authRoutes } from '../routes.ts';

export const goodPassword = 'Correct-Horse-7';
export type TestPerson = { readonly id: string; readonly username: string; readonly email: string };

/** The routes of signing in on a database of their own, with people made by hand where a projector would make them. */
export type AuthWorld = {
  readonly owner: pg.Pool;
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly auth: Auth;
  readonly app: Server;
  readonly brussels: string;
  readonly chosenDefaults: string[];
  /** Another one over the same database, as another process would have it. */
  anotherAuth(): Promise<Auth>;
  addPerson(given?: {
    readonly active?: boolean;
    readonly role?: string;
    readonly systemRoles?: readonly string[];
    readonly password?: string | undefined;
  }): Promise<TestPerson>;
  /** Mails that wait for this address, the oldest first. */
  mailsTo(email: string): Promise<readonly Mail[]>;
  /** Security events about this user that wait for the log, the oldest first. */
  reportsOf(userId: string | null): Promise<readonly WaitingReport[]>;
  stop(): Promise<void>;
};

export const startAuthWorld = async (
  readMigrations: readonly Migration[],
  {
    demo = false,
    policy,
    hashing = quickHashing,
  }: {
    readonly demo?: boolean;
    readonly policy?: PasswordPolicy;
    /** Default: a quick one, for tests that are about something else. */
    readonly hashing?: PasswordHashing;
  } = {},
): Promise<AuthWorld> => {
  const database = await createTestDatabase([
    ...eventLogMigrations,
    ...securityMigrations,
    ...authMigrations,
    ...readMigrations,
  ]);
  const owner = createPool({ url: database.url(), applicationName: 'test-owner' });
  const pool = createPool({ url: database.url('ims_command'), applicationName: 'test', max: 20, pipeline: true });
  const log = createPostgresEventLog({ url: database.url('ims_command') });
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey: testMasterKey });
  const handle = createCommandHandler({ log, codec });
  const inbox = createSecurityInbox({ pool, masterKey: testMasterKey });
  const outbox = createOutbox({ pool, masterKey: testMasterKey });
  const accessReader = createAccessReader(pool);
  const links = publicLinks('https://ims.example.org');
  const common = { pool, masterKey: testMasterKey, accessReader, handle, inbox, outbox, links };
  const anotherAuth = () => createAuth({ ...common, demo, policy, hashing });
  const auth = await anotherAuth();
  const chosenDefaults: string[] = [];
  const hashed = await hashing.hash(goodPassword);
  const app = await serveAuth({ pool, auth, chosenDefaults });
  const brussels = await addSite(owner);
  return {
    owner,
    pool,
    log,
    auth,
    app,
    brussels,
    chosenDefaults,
    anotherAuth,
    addPerson: (given = {}) => addPerson({ owner, auth, handle, brussels, hashed }, given),
    ...whatWaits({ owner, inbox, outbox }),
    stop: async () => {
      await app.close();
      await log.close();
      await Promise.all([pool.end(), owner.end()]);
      await database.drop();
    },
  };
};

const whatWaits = ({
  owner,
  inbox,
  outbox,
}: {
  readonly owner: pg.Pool;
  readonly inbox: SecurityInbox;
  readonly outbox: Outbox;
}): Pick<AuthWorld, 'mailsTo' | 'reportsOf'> => ({
  mailsTo: async (email) => {
    const { rows } = await owner.query<{ id: string; sealed: string }>(
      'select id, sealed from write_side.outbox order by created_at',
    );
    return rows.map((row) => outbox.open(row).mail).filter(({ to }) => to === email);
  },
  reportsOf: async (userId) => {
    const { rows } = await owner.query<{ id: string; sealed: string }>(
      'select id, sealed from security.inbox order by created_at',
    );
    return rows
      .map((row) => inbox.open(row))
      .filter(({ event }) => 'userId' in event.data && event.data.userId === userId);
  },
});

const serveAuth = async ({
  pool,
  auth,
  chosenDefaults,
}: Pick<AuthWorld, 'pool' | 'auth' | 'chosenDefaults'>): Promise<Server> => {
  const app = await buildServer({
    title: 'Test',
    version: '0',
    logger: createLogger({ component: 'test', level: 'info' }),
    verifier: createTokenVerifier(auth.signingKeys.keySource),
    accessReader: createAccessReader(pool),
    liveSessions: createLiveSessions(pool),
    rateLimits: 'off',
  });
  const chooseDefaultSite = async (_request: unknown, _reply: unknown, siteId: string) => {
    chosenDefaults.push(siteId);
    return undefined;
  };
  const saveProfile = () => Promise.reject(new Error('Profiles are saved where there is a projector'));
  const options = { ...auth.routeOptions, chooseDefaultSite, saveProfile };
  await app.register(authRoutes, { prefix: '/api/v1/auth', ...options });
  await app.register(keySetRoute, auth);
  await app.ready();
  return app;
};

const addSite = async (owner: pg.Pool): Promise<string> => {
  const id = randomUUID();
  await owner.query(
    `insert into read.sites_v1 (site_id, name, description, active, settings, interaction_types, retired_types, revision, position)
     values ($1, 'Brussels', '', true, $2, '{}', '{}', 0, 1)`,
    [id, defaultSiteSettings],
  );
  return id;
};

const quickHashing = createPasswordHashing({ memoryCost: 1_024 });

/** Hashed once for all: it takes long by design. */
const giveGoodPassword = async (owner: pg.Pool, userId: string, hashed: string): Promise<void> => {
  await owner.query('insert into write_side.credentials (user_id, password_hash) values ($1, $2)', [userId, hashed]);
};

type Rows = TestPerson & {
  readonly active: boolean;
  readonly role: string;
  readonly systemRoles: readonly string[];
  readonly brussels: string;
};

/** What the projector would write. */
const writeRows = async (
  owner: pg.Pool,
  { id, username, email, active, role, systemRoles, brussels }: Rows,
): Promise<void> => {
  await owner.query(
    `insert into read.users_v1 (user_id, username, email, display_name, timezone, active, revision, position)
     values ($1, $2, $3, 'Émilie', 'Europe/Brussels', $4, 0, 1)`,
    [id, username, email, active],
  );
  await owner.query(
    'insert into read.access_users_v1 (user_id, active, system_roles, position) values ($1, $2, $3, 1)',
    [id, active, systemRoles],
  );
  if (role) {
    await owner.query(
      'insert into read.site_members_v1 (site_id, user_id, role, revision, position) values ($1, $2, $3, 1, 1)',
      [brussels, id, role],
    );
  }
  await owner.query(
    `insert into write_side.reservations (kind, key, stream, command_id, state)
     values ('username', $1, $3, $4, 'confirmed'), ('email', $2, $3, $4, 'confirmed')`,
    [username.normalize('NFKC').toLowerCase(), email, `user-${id}`, randomUUID()],
  );
};

type Surroundings = Pick<AuthWorld, 'owner' | 'auth' | 'brussels'> & {
  readonly handle: HandleCommand;
  /** Of the good password. */
  readonly hashed: string;
};

const addPerson = async (
  { owner, auth, handle, brussels, hashed }: Surroundings,
  {
    active = true,
    role = 'editor',
    systemRoles = [],
    password = goodPassword,
  }: NonNullable<Parameters<AuthWorld['addPerson']>[0]>,
): Promise<TestPerson> => {
  const id = randomUUID();
  const username = `Émilie.${id.slice(0, 8)}`;
  const email = `${id.slice(0, 8)}@example.org`;
  const person = { username, email, displayName: 'Émilie', timezone: 'Europe/Brussels' };
  const outcome = await handle(
    { stream: userStream(id), isNew: true, evolution: userEvolution, decide: (user) => registerUser(user, person) },
    {
      ...createCommandContexts(testMasterKey).identify(id, undefined, [id]),
      correlationId: 'test',
      signal: AbortSignal.timeout(10_000),
    },
  );
  if (isRefusal(outcome)) throw new Error(outcome.message);
  await writeRows(owner, { id, username, email, active, role, systemRoles, brussels });
  if (password === goodPassword) await giveGoodPassword(owner, id, hashed);
  else if (password) await auth.createPassword(id, password);
  return { id, username, email };
};
