import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { HealthCheck } from '@ims/platform/http/health';
import type { Logger } from '@ims/platform/observability/logger';
import type { Metrics } from '@ims/platform/observability/metrics';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import type { Engines } from '@ims/platform/process/open-engines';
import type pg from 'pg';
import { type Projector, startProjector } from './app.ts';
import { projections } from './projections.ts';
import { reportMetrics } from './report-metrics.ts';

export type ProjectorServiceOptions = {
  /** Connections of the role `ims_projector`, from `createProjectorPool`; the caller closes it last. */
  readonly pool: pg.Pool;
  /** The database's owner, who makes and drops tables at a rebuild; without it nothing can be rebuilt. */
  readonly ownerUrl: string | undefined;
  readonly masterKey: MasterKey;
  readonly logger: Logger;
  /** True when no other projector can be at work on this database. */
  readonly alone: boolean;
  readonly metrics?: Metrics | undefined;
};

export type ProjectorService = { readonly projector: Projector; readonly stopSteps: readonly StopStep[] };

export const createProjectorPool = (url: string): pg.Pool => createPool({ url, applicationName: 'ims-projector' });

/** The projector at work on its engines: for a process of its own and for the launcher. */
export const openProjectorService = (
  { pool, ownerUrl, masterKey, logger, alone, metrics }: ProjectorServiceOptions,
  { log, messages }: Pick<Engines, 'log' | 'messages'>,
): ProjectorService => {
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey });
  const projector = startProjector({
    pool,
    log,
    codec,
    messages,
    projections,
    logger,
    seizeLeases: alone,
    ...(ownerUrl === undefined ? {} : { ownerUrl }),
  });
  const reporting = metrics ? [reportMetrics({ pool, log }, metrics)] : [];
  return { projector, stopSteps: [...reporting, { name: 'projector', stop: () => projector.stop() }] };
};

/** A stopped projection is a matter for an operator: its tables stand still while everything else goes on. */
export const projectionsCheck =
  (projector: Pick<Projector, 'status'>): HealthCheck =>
  () => {
    const all = projector.status();
    const stopped = all.filter(({ state }) => state === 'stopped').map(({ name }) => name);
    const retrying = all.filter(({ state }) => state === 'retrying').map(({ name }) => name);
    const held = all.filter(({ state }) => state !== 'standby').map(({ name }) => name);
    const status = stopped.length > 0 || retrying.length > 0 ? 'DEGRADED' : 'UP';
    return Promise.resolve({ status, details: { stopped, retrying, held } });
  };
