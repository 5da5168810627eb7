import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import type pg from 'pg';
import { allMigrations } from '../launcher/database.ts';
import { type BenchDatabase, type BenchServer, settle, startBenchServer } from './bench-database.ts';
import type { BenchOptions } from './bench-options.ts';
import { type ChildServer, startChild } from './child-server.ts';
import type { Comparison } from './comparison.ts';
import { fillLogs } from './fill-logs.ts';
import { floorLogSchema, floorTablesSchema } from './floor/floor-schema.ts';
import type { FloorConfig } from './floor/floor-server.ts';
import { bigSiteOf, makeOrganization, type Organization } from './made-up-history.ts';
import { measureAppends } from './measures/append.ts';
import { measureCreation } from './measures/create.ts';
import { measureFinder } from './measures/finder.ts';
import { measureProjection } from './measures/projection.ts';
import { measureRebuild } from './measures/rebuild.ts';
import type { CommandServerConfig } from './product/command-server.ts';
import { createProductProjector } from './product/project.ts';
import type { QueryServerConfig } from './product/query-server.ts';
import { createBenchTokens } from './product/tokens.ts';
import { tableOf } from './report.ts';

export type BenchResult = {
  readonly comparisons: readonly Comparison[];
  readonly events: number;
  readonly postgresVersion: string;
};

type Say = (text: string) => void;
type Bench = {
  readonly server: BenchServer;
  readonly database: BenchDatabase;
  readonly floor: pg.Pool;
  readonly organization: Organization;
  readonly options: BenchOptions;
  readonly say: Say;
};

const floorMigrations = [
  { name: 'bench-floor-log', up: (run: (sql: string) => Promise<void>) => run(floorLogSchema) },
  { name: 'bench-floor-tables', up: (run: (sql: string) => Promise<void>) => run(floorTablesSchema) },
];

/** Everything from an empty folder to the figures; leaves nothing behind. */
export const runBench = async (options: BenchOptions, say: Say): Promise<BenchResult> => {
  say(`Starting PostgreSQL for ${options.rows.toLocaleString('en')} interactions`);
  const server = await startBenchServer();
  try {
    const database = await server.createDatabase('bench', [...allMigrations, ...floorMigrations]);
    const floor = createPool({ url: database.url, applicationName: 'ims-bench-floor', max: 4 });
    const bench: Bench = { server, database, floor, organization: makeOrganization(), options, say };
    const { projection, events } = await fillAndProject(bench);
    say(tableOf(projection));
    await settle(database);
    const overHttp = await measureOverHttp(bench);
    say(tableOf(overHttp));
    say('Measuring the rebuild');
    const rebuild = await rebuildRounds(bench);
    say(tableOf(rebuild));
    await floor.end();
    say('Measuring appends');
    const appendDatabase = await server.createDatabase('bench_append', [
      ...eventLogMigrations,
      ...floorMigrations.slice(0, 1),
    ]);
    const appends = await measureAppends(appendDatabase, options);
    return {
      comparisons: [...appends, ...overHttp, ...projection, ...rebuild],
      events,
      postgresVersion: server.version,
    };
  } finally {
    await server.stop();
  }
};

/** The same history in both logs, then in both Finder tables; the catch-up is measured on the way. */
const fillAndProject = async (bench: Bench): Promise<{ projection: Comparison[]; events: number }> => {
  const { server, database, floor, organization, options, say } = bench;
  const keys = createPool({ url: database.as('ims_command'), applicationName: 'ims-bench', max: 4 });
  const codec = createCodec({ keyStore: createPostgresKeyStore(keys), masterKey: server.masterKey });
  const log = createPostgresEventLog({ url: database.as('ims_command') });
  const report = everyTenth(options.rows, (rows) => say(`  ${rows.toLocaleString('en')} interactions recorded`));
  const events = await fillLogs({ log, codec, floor }, organization, options.rows, report);
  await log.close();
  await keys.end();

  const readerKeys = createPool({ url: database.as('ims_projector'), applicationName: 'ims-bench', max: 4 });
  const readerCodec = createCodec({ keyStore: createPostgresKeyStore(readerKeys), masterKey: server.masterKey });
  const projector = createProductProjector(database, readerCodec);
  await settle(database);
  say(`Measuring the projection of ${events.toLocaleString('en')} events`);
  const projection = await measureProjection(projector, floor, events);
  say('Filling the other read tables');
  await projector.run(['statistics', 'suggestions', 'access', 'users'], BigInt(events));
  await projector.close();
  await readerKeys.end();
  await floor.query('insert into floor.members select unnest($1::uuid[]), $2, $3', [
    organization.siteIds,
    organization.userId,
    'administrator',
  ]);
  return { projection, events };
};

/** Last of what uses the read tables: it leaves other versions of them behind. */
const rebuildRounds = ({ server, database, floor, options, say }: Bench): Promise<Comparison[]> =>
  measureRebuild(
    {
      projection: 'interactions',
      url: database.as('ims_projector'),
      ownerUrl: database.url,
      masterKey: server.masterKey.bytes.toString('hex'),
    },
    floor,
    { rounds: Math.min(2, options.rounds), say },
  );

const measureOverHttp = async ({ server, database, organization, options, say }: Bench): Promise<Comparison[]> => {
  const { publicKey, tokenFor } = await createBenchTokens();
  const children: ChildServer[] = [];
  const start = async <Config extends object>(file: string, config: Config) => {
    const child = await startChild(new URL(file, import.meta.url), config);
    children.push(child);
    return { port: child.port, token: await tokenFor(organization.userId) };
  };
  try {
    const siteId = bigSiteOf(organization);
    const floor = await start<FloorConfig>('floor/floor-server.ts', { url: database.url, publicKey });
    const query = await start<QueryServerConfig>('product/query-server.ts', {
      url: database.as('ims_query'),
      publicKey,
    });
    const rows = Math.ceil(options.rows / 2);
    const finder = await measureFinder({ floor, product: query, siteId, rows }, options, (what) =>
      say(`Measuring: ${what}`),
    );
    const command = await start<CommandServerConfig>('product/command-server.ts', {
      url: database.as('ims_command'),
      masterKey: server.masterKey.bytes.toString('hex'),
      publicKey,
    });
    const freshFloor = { ...floor, token: await tokenFor(organization.userId) };
    say('Measuring the create command');
    const creation = await measureCreation({ floor: freshFloor, product: command, siteId }, options);
    return [...finder, ...creation];
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
};

const everyTenth = (total: number, report: (done: number) => void): ((done: number) => void) => {
  let tenth = 0;
  return (done) => {
    const reached = Math.floor((done / total) * 10);
    if (reached > tenth) report(done);
    tenth = reached;
  };
};
