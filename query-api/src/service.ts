import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { Server } from '@ims/platform/http/build-server';
import { createDenialRecorder } from '@ims/platform/http/report-denials';
import { cachedExternalIdentities, createExternalIdentities } from '@ims/platform/identity/external-identities';
import type { ExternalIssuer } from '@ims/platform/identity/external-issuers';
import { createIssuersVerifier } from '@ims/platform/identity/issuers-verifier';
import type { KeySource } from '@ims/platform/identity/key-source';
import { cachedLiveSessions, createLiveSessions } from '@ims/platform/identity/live-sessions';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import type { Logger } from '@ims/platform/observability/logger';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import type { Engines } from '@ims/platform/process/open-engines';
import { createSecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import { buildQueryApi, type QueryApiOptions } from './app.ts';
import { cursorKeyFrom } from './interactions/cursor.ts';

export type QueryServiceOptions = {
  readonly version: string;
  /** From `createQueryPool`; the caller closes it last. */
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  /** Public keys of the access tokens. */
  readonly keySource: KeySource;
  readonly logger: Logger;
  /** False lifts the limits, for load tests. */
  readonly rateLimit: boolean;
  /** External issuers; default none. */
  readonly issuers?: readonly ExternalIssuer[] | undefined;
  readonly trustedProxies?: readonly string[] | undefined;
  readonly otherDocument?: QueryApiOptions['otherDocument'];
  readonly metrics?: QueryApiOptions['metrics'];
};

/** Who signed out may read this much longer here. */
const sessionRememberedMs = 1_000;
/** A person may stay linked this much longer here. */
const identityRememberedMs = 1_000;

export type QueryService = { readonly app: Server; readonly stopSteps: readonly StopStep[] };

/** The whole query API on its engines, ready but not listening: for a process of its own and for the launcher. */
export const openQueryService = async (
  options: QueryServiceOptions,
  engines: Pick<Engines, 'log' | 'messages' | 'cache' | 'checks'>,
): Promise<QueryService> => {
  const { version, pool, masterKey, keySource, logger, otherDocument, trustedProxies } = options;
  const app = await buildQueryApi({
    version,
    logger,
    pool,
    log: engines.log,
    messages: engines.messages,
    verifier: createIssuersVerifier({
      own: createTokenVerifier(keySource),
      issuers: options.issuers ?? [],
      identities: cachedExternalIdentities(createExternalIdentities(pool), { ttlMs: identityRememberedMs }),
    }),
    liveSessions: cachedLiveSessions(createLiveSessions(pool), { ttlMs: sessionRememberedMs }),
    denials: createDenialRecorder({
      inbox: createSecurityInbox({ pool, masterKey }),
      logger,
      notRecorded: options.metrics?.identity.denialNotRecorded,
    }),
    cursorKey: cursorKeyFrom(masterKey.bytes),
    healthChecks: { messaging: engines.checks.messaging, cache: engines.checks.cache },
    rateLimitStore: engines.cache.rateLimitStore,
    sharedCache: engines.cache.cache,
    metrics: options.metrics,
    ...(otherDocument ? { otherDocument } : {}),
    ...(options.rateLimit ? {} : { rateLimits: 'off' as const }),
    ...(trustedProxies ? { trustedProxies } : {}),
  });
  return { app, stopSteps: [{ name: 'query API', stop: () => app.close() }] };
};
