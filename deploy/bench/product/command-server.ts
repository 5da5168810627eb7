import type { AddressInfo } from 'node:net';
import { buildCommandApi } from '@ims/command-api/app';
import { createAuth } from '@ims/command-api/auth/auth';
import { createCommandHandler } from '@ims/command-api/command-handling/handle-command';
import { createCommands } from '@ims/command-api/commands';
import { publicLinks } from '@ims/command-api/mail/links';
import { createOutbox } from '@ims/command-api/mail/outbox';
import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { masterKeyFromBytes } from '@ims/platform/event-log/master-key';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { createAccessReader } from '@ims/platform/identity/access';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import { createLogger } from '@ims/platform/observability/logger';
import { createSecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { JWK } from 'jose';
import { serveParent } from '../child-server.ts';
import { keySourceOf } from './tokens.ts';

export type CommandServerConfig = {
  readonly url: string;
  /** Hexadecimal. */
  readonly masterKey: string;
  readonly publicKey: JWK;
};

/** The real command API with everything but its rate limits. */
serveParent<CommandServerConfig>(async ({ url, publicKey, ...given }) => {
  const masterKey = masterKeyFromBytes(Buffer.from(given.masterKey, 'hex'));
  const pool = createPool({ url, applicationName: 'ims-command-api', max: 20, pipeline: true });
  const log = createPostgresEventLog({ url });
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey });
  const accessReader = createAccessReader(pool);
  const outbox = createOutbox({ pool, masterKey });
  const links = publicLinks('http://localhost:3000');
  const auth = await createAuth({
    pool,
    masterKey,
    accessReader,
    demo: false,
    inbox: createSecurityInbox({ pool, masterKey }),
    outbox,
    links,
    handle: createCommandHandler({ log, codec }),
  });
  const commands = createCommands({
    log,
    codec,
    masterKey,
    pool,
    createCredentials: auth.createPassword,
    passwordProblems: auth.firstPasswordProblems,
  });
  const app = await buildCommandApi({
    version: 'bench',
    logger: createLogger({ component: 'bench', level: 'error' }),
    rateLimits: 'off',
    verifier: createTokenVerifier(keySourceOf(publicKey)),
    pool,
    log,
    messages: createPostgresMessages({ url }),
    commands,
    auth,
    outbox,
    links,
    accessReader,
    tzData: process.versions.tz ?? 'unknown',
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
});
