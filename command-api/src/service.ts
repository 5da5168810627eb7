import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
import { createPool } from '@ims/platform/database/pool';
import { type Codec, createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { Server } from '@ims/platform/http/build-server';
import { createDenialRecorder } from '@ims/platform/http/report-denials';
import { createAccessReader } from '@ims/platform/identity/access';
import { createExternalIdentities } from '@ims/platform/identity/external-identities';
import type { ExternalIssuer } from '@ims/platform/identity/external-issuers';
import { createIssuersVerifier } from '@ims/platform/identity/issuers-verifier';
import { createLiveSessions } from '@ims/platform/identity/live-sessions';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import type { Logger } from '@ims/platform/observability/logger';
import type { Metrics } from '@ims/platform/observability/metrics';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import type { Engines } from '@ims/platform/process/open-engines';
import { createSecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import { buildCommandApi } from './app.ts';
import { type Auth, createAuth } from './auth/auth.ts';
import { startBackground } from './background.ts';
import { createBell } from './background-work.ts';
import { createCommandHandler } from './command-handling/handle-command.ts';
import { startSettlingReservations } from './command-handling/settle-reservations.ts';
import { type Commands, createCommands } from './commands.ts';
import { createExternalIdentity } from './external-identity/external-identity.ts';
import { publicLinks } from './mail/links.ts';
import type { MailOptions } from './mail/mail-options.ts';
import { createOutbox } from './mail/outbox.ts';

export type CommandServiceOptions = {
  readonly version: string;
  /** Connections of the role `ims_command`, from `createCommandPool`; the caller closes it last. */
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly logger: Logger;
  /** False lifts the limits, for load tests. */
  readonly rateLimit: boolean;
  /** Whether the built-in demonstration accounts exist. */
  readonly demo: boolean;
  /** What new passwords must have; default the profile `spec`. */
  readonly passwordPolicy?: PasswordPolicy | undefined;
  /** Where people's browsers find IMS, for the links in mails; default `http://localhost:3000`. */
  readonly publicUrl?: string | undefined;
  /** How mails leave; without it they wait in the outbox for another process. */
  readonly mail?: MailOptions | undefined;
  /** External issuers that people sign in by, or whose tokens are accepted; default none. */
  readonly issuers?: readonly ExternalIssuer[] | undefined;
  readonly trustedProxies?: readonly string[] | undefined;
  readonly metrics?: Metrics | undefined;
};

export type CommandService = {
  readonly app: Server;
  readonly commands: Commands;
  readonly codec: Codec;
  readonly auth: Auth;
  readonly tzData: string;
  /** What runs without being asked; to be stopped after the app. */
  readonly background: readonly StopStep[];
  /** The app, then the background. */
  readonly stopSteps: readonly StopStep[];
};

export const createCommandPool = (url: string): pg.Pool =>
  createPool({ url, applicationName: 'ims-command-api', max: 20, pipeline: true });

const defaultPublicUrl = 'http://localhost:3000';

/** What carries out commands, without HTTP in front. The database must answer. */
export const openCommands = async (
  {
    pool,
    masterKey,
    demo,
    publicUrl,
    passwordPolicy,
  }: Pick<CommandServiceOptions, 'pool' | 'masterKey' | 'demo' | 'publicUrl' | 'passwordPolicy'>,
  { log }: Pick<Engines, 'log'>,
) => {
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey });
  const accessReader = createAccessReader(pool);
  const bells = { inbox: createBell(), outbox: createBell() };
  const inbox = createSecurityInbox({ pool, masterKey, recorded: bells.inbox.ring });
  const outbox = createOutbox({ pool, masterKey, written: bells.outbox.ring });
  const links = publicLinks(publicUrl ?? defaultPublicUrl);
  const auth = await createAuth({
    pool,
    masterKey,
    accessReader,
    demo,
    inbox,
    outbox,
    links,
    handle: createCommandHandler({ log, codec }),
    policy: passwordPolicy,
  });
  const commands = createCommands({
    log,
    codec,
    masterKey,
    pool,
    createCredentials: auth.createPassword,
    passwordProblems: auth.firstPasswordProblems,
  });
  return { codec, accessReader, auth, commands, inbox, outbox, bells, links, tzData: process.versions.tz ?? 'unknown' };
};

/** The whole command API on its engines, ready but not listening: for a process of its own and for the launcher. */
export const openCommandService = async (
  options: CommandServiceOptions,
  engines: Pick<Engines, 'log' | 'messages' | 'cache' | 'checks'>,
): Promise<CommandService> => {
  const { version, pool, logger, trustedProxies } = options;
  const { issuers = [], masterKey, metrics } = options;
  const opened = await openCommands(options, engines);
  const { codec, accessReader, auth, commands, inbox, outbox, links, tzData } = opened;
  const app = await buildCommandApi({
    version,
    logger,
    verifier: createIssuersVerifier({
      own: createTokenVerifier(auth.signingKeys.keySource),
      issuers,
      identities: createExternalIdentities(pool),
    }),
    externalIdentity: createExternalIdentity({
      issuers,
      publicUrl: links.home,
      pool,
      masterKey,
      accessReader,
      inbox,
      outbox,
      links,
      auth,
      commands,
    }),
    pool,
    log: engines.log,
    messages: engines.messages,
    commands,
    auth,
    outbox,
    links,
    accessReader,
    liveSessions: createLiveSessions(pool),
    tzData,
    denials: createDenialRecorder({ inbox, logger, notRecorded: metrics?.identity.denialNotRecorded }),
    healthChecks: engines.checks,
    metrics: options.metrics,
    rateLimitStore: engines.cache.rateLimitStore,
    ...(options.rateLimit ? {} : { rateLimits: 'off' as const }),
    ...(trustedProxies ? { trustedProxies } : {}),
  });
  const settling = startSettlingReservations(commands.reservations, logger);
  const background = [
    { name: 'settling of reservations', stop: settling.stop },
    ...startBackground({ ...opened, pool, log: engines.log, mail: options.mail, logger, metrics }),
  ];
  const stopSteps = [{ name: 'command API', stop: () => app.close() }, ...background];
  return { app, commands, codec, auth, tzData, background, stopSteps };
};
