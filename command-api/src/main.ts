import { openEngines } from '@ims/platform/process/open-engines';
import { assertPostgresReady } from '@ims/platform/process/postgres-ready';
import { runService } from '@ims/platform/process/run-service';
import { databaseUrlOf, masterKeyOf } from '@ims/platform/process/service-identity';
import { passwordPolicyOf } from './auth/password-policy.ts';
import { type CommandApiConfig, loadCommandApiConfig } from './config.ts';
import { mailOptionsOf } from './mail/mail-options.ts';
import { createCommandPool, openCommandService } from './service.ts';

const version = '0.1.0';

/** The command API as a process of its own, beside a database that was already migrated or is about to be. */
await runService<CommandApiConfig>({
  component: 'command-api',
  version,
  load: loadCommandApiConfig,
  start: async ({ config, logger, metrics, untilAnswers, watch, onStop }) => {
    const masterKey = await masterKeyOf(config);
    const databaseUrl = databaseUrlOf(config, 'ims_command', masterKey);
    const pool = createCommandPool(databaseUrl);
    onStop({ name: 'database', stop: () => pool.end() });
    await untilAnswers('PostgreSQL', () => assertPostgresReady(pool));
    const engines = await untilAnswers('The event log', () =>
      openEngines(config, { databaseUrl, applicationName: 'ims-command-api', logger }),
    );
    onStop(...engines.stopSteps);
    for (const { name, check } of engines.outside) watch(name, check);
    const { app, background } = await untilAnswers('PostgreSQL', () =>
      openCommandService(
        {
          version,
          pool,
          masterKey,
          logger,
          rateLimit: config.RATE_LIMIT,
          demo: config.IMS_DEMO,
          publicUrl: config.IMS_PUBLIC_URL ?? `http://localhost:${config.PORT}`,
          mail: mailOptionsOf(config),
          passwordPolicy: passwordPolicyOf(config),
          issuers: config.OIDC_ISSUERS,
          trustedProxies: config.TRUSTED_PROXIES,
          metrics,
        },
        engines,
      ),
    );
    onStop(...background);
    return { handler: (request, response) => app.routing(request, response), close: () => app.close() };
  },
});
