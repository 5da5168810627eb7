import { randomUUID } from 'node:crypto';
import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
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
import { createCommandHandler } from '../../command-handling/handle-command.ts';
import { publicLinks } from '../../mail/links.ts';
import { createOutbox, type Mail, type Outbox } from '../../mail/outbox.ts';
import { deactivateUser, reactivateUser } from '../../users/decide.ts';
import { type Auth, createAuth, keySetRoute } from '../auth.ts';
import { authMigrations } from '../migrations.ts';
import { createPasswordHashing, type PasswordHashing } from '../password-hashing.ts';
import { authRoutes } from '../routes.ts';
import { addPerson, type GivenPerson, goodPassword, type TestPerson, tell } from './test-people.ts';

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
  addPerson(given?: GivenPerson): Promise<TestPerson>;
  /** In the log alone, as long as no projector tells the read tables. */
  deactivate(userId: string): Promise<void>;
  reactivate(userId: string): Promise<void>;
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
    deactivate: (userId) =>
      tell(handle, userId, (user) => deactivateUser(user, { isOneself: false, leavesNoAdministrator: false })),
    reactivate: (userId) => tell(handle, userId, reactivateUser),
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
