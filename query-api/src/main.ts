import { createRemoteKeySource } from '@ims/platform/identity/key-source';
import { openEngines } from '@ims/platform/process/open-engines';
import { assertPostgresReady } from '@ims/platform/process/postgres-ready';
import { runService } from '@ims/platform/process/run-service';
import { databaseUrlOf, masterKeyOf } from '@ims/platform/process/service-identity';
import { remoteDocument } from './api-docs/remote-document.ts';
import { loadQueryApiConfig, type QueryApiConfig } from './config.ts';
import { createQueryPool } from './query-pool.ts';
import { openQueryService } from './service.ts';

const version = '0.1.0';

/** The query API as a process of its own, beside a database that was already migrated or is about to be. */
await runService<QueryApiConfig>({
  component: 'query-api',
  version,
  load: loadQueryApiConfig,
  start: async ({ config, logger, metrics, untilAnswers, watch, onStop }) => {
    const masterKey = await masterKeyOf(config);
    const databaseUrl = databaseUrlOf(config, 'ims_query', masterKey);
    const pool = createQueryPool({ url: databaseUrl });
    onStop({ name: 'database', stop: () => pool.end() });
    await untilAnswers('PostgreSQL', () => assertPostgresReady(pool));
    const engines = await untilAnswers('The event log', () =>
      openEngines(config, { databaseUrl, applicationName: 'ims-query-api', logReaders: 2, logger }),
    );
    onStop(...engines.stopSteps);
    for (const { name, check } of engines.outside) watch(name, check);
    const { app } = await openQueryService(
      {
        version,
        pool,
        masterKey,
        keySource: createRemoteKeySource(config.JWKS_URL),
        otherDocument: remoteDocument(config.JWKS_URL),
        logger,
        rateLimit: config.RATE_LIMIT,
        issuers: config.OIDC_ISSUERS,
        trustedProxies: config.TRUSTED_PROXIES,
        metrics,
      },
      engines,
    );
    return { handler: (request, response) => app.routing(request, response), close: () => app.close() };
  },
});
