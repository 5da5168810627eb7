import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { demoSiteId } from '../demo/seed-demo.ts';
import { checkFollower, checkLog, checkOperations } from './check-history.ts';
import { checkReadTables } from './check-read-tables.ts';
import { controls } from './controls/controls.ts';
import { type Fault, faults } from './faults.ts';
import { followLog, readWholeLog } from './follow-log.ts';
import { createHistory, type History, type Violation } from './history.ts';
import { createRandom, type Random } from './random.ts';
import { checkStaleness, measureRecovery, type Recovery } from './recovery.ts';
import type { ChaosReport, ControlResult } from './report.ts';
import { startTopology, type Topology } from './topology.ts';
import { runReaders, runWriters, type Site, signIn } from './workload.ts';

export type ChaosOptions = {
  readonly seed: number;
  /** At least so many faults, and every kind at least once. */
  readonly faults: number;
  /** Not begun any more after so many seconds. */
  readonly seconds: number;
  readonly log: (line: string) => void;
};

const sites: readonly Site[] = ['Brussels', 'Lisbon'].map((name) => ({ id: demoSiteId(name), name }));

export const runChaos = async ({ seed, faults: wanted, seconds, log }: ChaosOptions): Promise<ChaosReport> => {
  const begun = performance.now();
  const random = createRandom(seed);
  const history = createHistory();
  const topology = await startTopology(log);
  try {
    await topology.whenWell(60_000);
    log('Two of each service are well');
    const caught = await runControls(topology, log);
    const followed = new AbortController();
    const following = followLog(() => openLog(topology), followed.signal);
    const mayBegin = () => performance.now() - begun < seconds * 1_000;
    const recoveries = await underLoad(topology, { random, history }, (probe) =>
      strikeAll(schedule(random, wanted), topology, { probe, mayBegin, log, random }),
    );
    const eventLog = openLog(topology);
    const readTables = await checkReadTables(topology, eventLog);
    const events = await readWholeLog(eventLog);
    await eventLog.close();
    followed.abort();
    const violations: readonly Violation[] = [
      ...history.violations,
      ...checkOperations(history.operations, events),
      ...checkLog(events),
      ...checkFollower(await following, events),
      ...readTables,
    ];
    const elapsed = (performance.now() - begun) / 1_000;
    return { seed, seconds: elapsed, recoveries, history, violations, events: events.length, controls: caught };
  } finally {
    await topology.stop();
  }
};

/** Every kind once in an order of chance, then any kind again. */
const schedule = (random: Random, wanted: number): readonly Fault[] => {
  const again = Array.from({ length: Math.max(0, wanted - faults.length) }, () => random.pick(faults));
  return [...random.shuffled(faults), ...again];
};

type Loaded = { readonly random: Random; readonly history: History };
type Probe = (fault: string) => Promise<Recovery>;

/** Three who write and three who read while the work goes on; they finish what they have begun. */
const underLoad = async <Result>(
  topology: Topology,
  { random, history }: Loaded,
  work: (probe: Probe) => Promise<Result>,
): Promise<Result> => {
  const people = await Promise.all(
    ['editor', 'editor', 'admin', 'editor', 'admin', 'admin', 'admin'].map((name) =>
      signIn(topology.url, name, history),
    ),
  );
  const [person, ...rest] = people;
  if (!person) throw new Error('Nobody is signed in.');
  const ending = new AbortController();
  const load = { sites, history, random, signal: ending.signal };
  const working = Promise.all([
    runWriters({ ...load, people: rest.slice(0, 3) }),
    runReaders({ ...load, people: rest.slice(3) }),
  ]);
  const probing = { person, sites, history, random };
  try {
    const result = await work(async (fault) => {
      const recovery = await measureRecovery(fault, topology, probing);
      await checkStaleness(topology, probing);
      return recovery;
    });
    return result;
  } finally {
    ending.abort();
    await working;
  }
};

const strikeAll = async (
  order: readonly Fault[],
  topology: Topology,
  {
    probe,
    mayBegin,
    log,
    random,
  }: { probe: Probe; mayBegin: () => boolean; log: (line: string) => void; random: Random },
): Promise<readonly Recovery[]> => {
  const recoveries: Recovery[] = [];
  for (const fault of order) {
    if (!mayBegin()) {
      log(`Time is up after ${recoveries.length} faults`);
      break;
    }
    await fault.strike(topology, random);
    const recovery = await probe(fault.name);
    recoveries.push(recovery);
    log(
      `${String(recoveries.length).padStart(3)} ${fault.name}: command ${Math.round(recovery.commandMs)} ms, visible ${Math.round(recovery.visibleMs)} ms, well ${Math.round(recovery.wellMs)} ms`,
    );
  }
  return recoveries;
};

const openLog = ({ databaseUrl, masterKey }: Topology) =>
  createPostgresEventLog({
    url: serviceUrl(databaseUrl(), 'ims_command', masterKey.bytes),
    applicationName: 'ims-chaos-log',
    readers: 2,
  });

const runControls = async (topology: Topology, log: (line: string) => void): Promise<readonly ControlResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'ims-chaos-controls-'));
  const url = new URL(topology.databaseUrl());
  const admin = createPool({ url: url.href, applicationName: 'ims-chaos-control', max: 1 });
  await admin.query('create database controls');
  await admin.end();
  url.pathname = '/controls';
  const owner = createPool({ url: url.href, applicationName: 'ims-chaos-control', max: 2 });
  const results: ControlResult[] = [];
  try {
    for (const control of controls) {
      const found = await control.run({ ownerUrl: url.href, owner, redisUrl: topology.redis.url, folder });
      results.push({ name: control.name, found });
      log(`control ${found.length > 0 ? 'caught' : 'NOT CAUGHT'}: ${control.name}`);
    }
    return results;
  } finally {
    await owner.end();
    await rm(folder, { recursive: true, force: true });
  }
};
