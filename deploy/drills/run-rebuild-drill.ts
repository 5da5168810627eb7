import { setTimeout as delay } from 'node:timers/promises';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { createCodec } from '@ims/platform/event-log/codec';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { readVersions, type VersionRow } from '@ims/projector/versions/operations';
import type pg from 'pg';
import { recordInteractions } from '../bench/fill-logs.ts';
import { copyAndIndex } from '../bench/floor/copy-rows.ts';
import { startTopology, type Topology } from '../chaos/topology.ts';
import { demoSiteId } from '../demo/seed-demo.ts';
import { ask, type Operator } from './ask-operator.ts';
import { putPeopleToWork, type WorkReport } from './people-at-work.ts';

export type RebuildDrill = {
  readonly interactions: number;
  readonly writers: number;
  readonly readers: number;
  readonly log: (line: string) => void;
};

export type RebuildDrillReport = {
  readonly answers: readonly string[];
  readonly interruptedAt: string;
  /** Such as `41 %, 5,210 events a second, 38 s to go`. */
  readonly samples: readonly string[];
  readonly people: WorkReport;
  readonly rebuildSeconds: readonly number[];
  readonly copyAndIndexSeconds: number;
  readonly rows: number;
};

type World = {
  readonly topology: Topology;
  readonly owner: pg.Pool;
  readonly operator: Operator;
  readonly samples: string[];
};

/**
 * Real processes: two of each service. While people work: a rebuild whose projector is killed on the way and that the
 * other one ends, a rollback, a second rebuild, verification; then COPY and index build of the same rows.
 */
export const runRebuildDrill = async (drill: RebuildDrill): Promise<RebuildDrillReport> => {
  const topology = await startTopology(drill.log);
  const owner = createPool({ url: topology.databaseUrl(), applicationName: 'ims-drill', max: 4 });
  const url = serviceUrl(topology.databaseUrl(), 'ims_command', topology.masterKey.bytes);
  const eventLog = createPostgresEventLog({ url, applicationName: 'ims-drill' });
  const samples: string[] = [];
  const operator = {
    pool: owner,
    log: eventLog,
    watch: (versions: readonly VersionRow[]) => sample(drill, samples, versions),
  };
  try {
    await topology.whenWell(60_000);
    await seed(drill, { topology, owner, operator, samples });
    return await rehearse(drill, { topology, owner, operator, samples });
  } finally {
    await eventLog.close();
    await owner.end();
    await topology.stop();
  }
};

const seed = async ({ interactions, log }: RebuildDrill, { topology, owner, operator }: World): Promise<void> => {
  const codec = createCodec({ keyStore: createPostgresKeyStore(owner), masterKey: topology.masterKey });
  const organization = { userId: timeOrderedUuid(), siteIds: [demoSiteId('Brussels'), demoSiteId('Lisbon')] };
  let told = 0;
  await recordInteractions({ log: operator.log, codec }, organization, interactions, (done) => {
    if (done - told < interactions / 10) return;
    told = done;
    log(`  ${done.toLocaleString('en')} interactions recorded`);
  });
  const head = await operator.log.headPosition();
  log('Waiting for the projections');
  while ((await readVersions(owner)).some(({ position }) => position < head)) await delay(500);
  await owner.query('vacuum analyze');
};

const rehearse = async (drill: RebuildDrill, world: World): Promise<RebuildDrillReport> => {
  const { topology, owner, operator, samples } = world;
  const { log, writers, readers } = drill;
  const siteIds = [demoSiteId('Brussels'), demoSiteId('Lisbon')];
  const people = await putPeopleToWork({ url: topology.url, siteIds, writers, readers, patienceMs: 30_000 });
  const rebuildSeconds: number[] = [];
  const rebuild = async (): Promise<string> => {
    const begun = performance.now();
    const answer = await ask(operator, { operation: 'rebuild', projection: 'interactions' });
    rebuildSeconds.push((performance.now() - begun) / 1_000);
    return answer;
  };
  log('Rebuilding, and killing the projector that does it');
  const interruption = killTheBuilder(world);
  const first = await rebuild();
  const interruptedAt = await interruption;
  log(first);
  const rolledBack = await ask(operator, { operation: 'rollback', projection: 'interactions' });
  log(rolledBack);
  log('Rebuilding once more');
  const second = await rebuild();
  log(second);
  await people.rest();
  const verified = await ask(operator, { operation: 'verify', projection: 'interactions' });
  log(verified);
  const report = await people.report();
  const version = (await readVersions(owner)).find(
    (row) => row.projection === 'interactions' && row.readBy === 'all',
  )?.version;
  const { ms, rows } = await copyAndIndex(owner, version ?? 1);
  return {
    answers: [first, rolledBack, second, verified],
    interruptedAt,
    samples,
    people: report,
    rebuildSeconds,
    copyAndIndexSeconds: ms / 1_000,
    rows,
  };
};

const sample = ({ log }: RebuildDrill, samples: string[], versions: readonly VersionRow[]): void => {
  const row = versions.find(({ phase }) => phase === 'rebuilding');
  if (!row || row.eventsPerSecond === 0) return;
  const seconds = Math.ceil(Math.max(0, row.total - row.processed) / row.eventsPerSecond);
  const share = Math.round((100 * row.processed) / Math.max(1, row.total));
  const rate = Math.round(row.eventsPerSecond).toLocaleString('en');
  const line = `version ${row.version}: ${share} %, ${rate} events a second, ${seconds} s to go`;
  if (samples.at(-1) === line) return;
  samples.push(line);
  log(`  ${line}`);
};

type Builder = { readonly pid: number };

const findBuilder = async (owner: pg.Pool): Promise<Builder | undefined> => {
  const { rows } = await owner.query<Builder>(
    `select pid from pg_stat_activity where application_name = 'ims-projector-owner' and datname = current_database()`,
  );
  return rows[0];
};

/** Kills the projector that rebuilds as soon as it has folded something: the one whose end ends the owner's connection. */
const killTheBuilder = async ({ topology, owner }: World): Promise<string> => {
  let row: VersionRow | undefined;
  while (!row) {
    row = (await readVersions(owner)).find(({ phase, processed }) => phase === 'rebuilding' && processed > 0);
    if (!row) await delay(20);
  }
  const builder = await findBuilder(owner);
  for (const projector of topology.of('projector')) {
    projector.kill();
    const until = performance.now() + 1_000;
    while (performance.now() < until) {
      if ((await findBuilder(owner))?.pid !== builder?.pid) return `${row.processed} of ${row.total} events`;
      await delay(20);
    }
  }
  throw new Error('No projector could be found that rebuilds.');
};
