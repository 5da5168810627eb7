import type { AddressInfo } from 'node:net';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { createTokenVerifier } from '@ims/platform/identity/verify-token';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import { createLogger } from '@ims/platform/observability/logger';
import { buildQueryApi } from '@ims/query-api/app';
import { createQueryPool } from '@ims/query-api/query-pool';
import type { JWK } from 'jose';
import { serveParent } from '../child-server.ts';
import { keySourceOf } from './tokens.ts';

export type QueryServerConfig = { readonly url: string; readonly publicKey: JWK };

/** The real query API with everything but its rate limits, which would end a load test after a second. */
serveParent<QueryServerConfig>(async ({ url, publicKey }) => {
  const logger = createLogger({ component: 'bench', level: 'error' });
  const app = await buildQueryApi({
    version: 'bench',
    logger,
    rateLimits: 'off',
    pool: createQueryPool({ url }),
    log: createPostgresEventLog({ url, readers: 2 }),
    messages: createPostgresMessages({ url }),
    verifier: createTokenVerifier(keySourceOf(publicKey)),
    cursorKey: Buffer.alloc(32, 'bench'),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
});
