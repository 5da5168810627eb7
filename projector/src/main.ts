import { buildHealthApp } from '@ims/platform/http/health-app';
import { openEngines } from '@ims/platform/process/open-engines';
import { assertPostgresReady } from '@ims/platform/process/postgres-ready';
import { runService } from '@ims/platform/process/run-service';
import { databaseUrlOf, masterKeyOf } from '@ims/platform/process/service-identity';
import { loadProjectorConfig, type ProjectorConfig } from './config.ts';
import { createProjectorPool, openProjectorService, projectionsCheck } from './service.ts';

const version = '0.1.0';

/** The projector as a process of its own; several share the projections and take over from each other. */
await runService<ProjectorConfig>({
  component: 'projector',
  version,
  load: loadProjectorConfig,
  start: async ({ config, logger, metrics, untilAnswers, watch, onStop }) => {
    const masterKey = await masterKeyOf(config);
    const databaseUrl = databaseUrlOf(config, 'ims_projector', masterKey);
    const pool = createProjectorPool(databaseUrl);
    onStop({ name: 'database', stop: () => pool.end() });
    await untilAnswers('PostgreSQL', () => assertPostgresReady(pool));
    const engines = await untilAnswers('The event log', () =>
      openEngines({ ...config, CACHE: 'memory' }, { databaseUrl, applicationName: 'ims-projector', logger }),
    );
    onStop(...engines.stopSteps);
    for (const { name, check } of engines.outside) watch(name, check);
    const { projector, stopSteps } = openProjectorService(
      { pool, ownerUrl: config.DATABASE_URL, masterKey, logger, alone: false, metrics },
      engines,
    );
    // Before the log it reads: a projection that waits for news is woken by the stop and not by a closed log.
    onStop(...stopSteps);
    const db = async () => {
      await pool.query('select 1');
      return { status: 'UP' as const };
    };
    const app = await buildHealthApp({
      version,
      checks: { db, storage: engines.checks.storage, messaging: engines.checks.messaging },
      others: { projections: projectionsCheck(projector) },
    });
    return { handler: (request, response) => app.routing(request, response), close: () => app.close() };
  },
});
