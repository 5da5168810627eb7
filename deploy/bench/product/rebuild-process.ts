import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { masterKeyFromBytes } from '@ims/platform/event-log/master-key';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { createPostgresMessages } from '@ims/platform/messages/postgres-messages';
import { createLogger } from '@ims/platform/observability/logger';
import { startProjector } from '@ims/projector/app';
import { projections } from '@ims/projector/projections';
import type { RebuildStep } from '@ims/projector/versions/operations';

export type RebuildConfig = {
  readonly projection: string;
  /** Of the role `ims_projector`, and of the owner. */
  readonly url: string;
  readonly ownerUrl: string;
  /** Hex. */
  readonly masterKey: string;
};

export type RebuildFigures = {
  readonly version: number;
  /** From the first event to tables that are like every other version's. */
  readonly builtMs: number;
  /** The same, and verified, and readers switched over. */
  readonly usedMs: number;
  /** How long each step took. */
  readonly steps: Readonly<Partial<Record<RebuildStep, number>>>;
  /** Resident memory of the projector's process at most, in bytes. */
  readonly peakRss: number;
};

const sampleMs = 100;

/** The real projector, live projections and all, in a process of its own; rebuilds once and tells. */
const run = async ({ projection, url, ownerUrl, masterKey }: RebuildConfig): Promise<RebuildFigures> => {
  const pool = createPool({ url, applicationName: 'ims-projector' });
  const log = createPostgresEventLog({ url });
  const messages = createPostgresMessages({ url });
  const logger = createLogger({ component: 'bench', level: 'error' });
  const key = masterKeyFromBytes(Buffer.from(masterKey, 'hex'));
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey: key });
  const options = { pool, log, codec, messages, logger, projections, seizeLeases: true, ownerUrl };
  const projector = startProjector(options);
  await projector.whenCaughtUp(await log.headPosition());
  let peakRss = process.memoryUsage.rss();
  const sampling = setInterval(() => {
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
  }, sampleMs);
  const begun = performance.now();
  const began: [RebuildStep, number][] = [];
  let version = 0;
  const answer = await projector.operations?.rebuild(
    projection,
    {},
    (progress) => {
      version = progress.version;
      if (began.at(-1)?.[0] !== progress.step) began.push([progress.step, performance.now()]);
    },
    new AbortController().signal,
  );
  const ended = performance.now();
  clearInterval(sampling);
  if (typeof answer !== 'string') throw new Error(`The rebuild was refused: ${answer?.message}`);
  await projector.stop();
  await Promise.all([log.close(), messages.close()]);
  await pool.end();
  const steps = Object.fromEntries(began.map(([step, at], number) => [step, (began[number + 1]?.[1] ?? ended) - at]));
  const builtAt = began.find(([step]) => step === 'catching-up' || step === 'verifying')?.[1] ?? ended;
  return {
    version,
    builtMs: builtAt - begun,
    usedMs: ended - begun,
    steps,
    peakRss,
  };
};

process.once('message', async (config) => {
  process.send?.(await run(config as RebuildConfig));
  process.disconnect();
});
