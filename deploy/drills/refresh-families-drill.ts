import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSessions } from '@ims/command-api/auth/sessions';
import { type FamiliesReport, runRefreshFamilies } from '@ims/command-api/auth/testing/refresh-families';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { startEmbeddedPostgres } from '@ims/platform/embedded-postgres/embedded-postgres';
import { loadOrCreateMasterKey } from '@ims/platform/event-log/master-key';
import { prepareDatabase } from '../launcher/database.ts';

const usage = `node --import tsx deploy/drills/refresh-families-drill.ts [--families 1000] [--parallel 20]

Renews every family's refresh token many times at once, over four pools as four processes would, on a PostgreSQL of its
own. Then a third lives on, a third replays its old token after the leeway, a third signs out while it renews. Ends by
itself; exit code 1 when a family had two live tokens, a replay was answered, or a token came after signing out.`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const pools = 4;
const atOnce = 16;

const rehearse = async (home: string, given: { families: number; parallel: number }): Promise<FamiliesReport> => {
  const masterKey = await loadOrCreateMasterKey(home);
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(home, 'postgres') });
  const owner = createPool({ url: postgres.url, applicationName: 'ims-drill' });
  const serviceAddress = serviceUrl(postgres.url, 'ims_command', masterKey.bytes);
  const opened = Array.from({ length: pools }, (_none, at) =>
    createPool({ url: serviceAddress, applicationName: `ims-drill-${at}`, pipeline: true }),
  );
  try {
    await prepareDatabase(postgres.url, masterKey);
    const stores = opened.map((pool) => createSessions({ pool, masterKey }));
    const advance = (done: number): void => {
      if (done % 250 === 0) print(`  ${done.toLocaleString('en')} families`);
    };
    return await runRefreshFamilies({ ...given, owner, stores, atOnce, advance });
  } finally {
    await Promise.all([owner.end(), ...opened.map((pool) => pool.end())]);
    await postgres.stop();
  }
};

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      families: { type: 'string', default: '1000' },
      parallel: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(usage);
  const home = await mkdtemp(join(tmpdir(), 'ims-families-'));
  const begun = performance.now();
  try {
    const report = await rehearse(home, { families: Number(values.families), parallel: Number(values.parallel) });
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    print(`Families: ${report.families.toLocaleString('en')}, renewed ${values.parallel} times at once each`);
    print(`  over ${pools} pools, ${atOnce} families at a time, in ${seconds} s with starting PostgreSQL`);
    print(`  of them replayed after the leeway: ${report.replayed}; signed out while renewing: ${report.loggedOut}`);
    print(`Violations: ${report.violations.length}`);
    for (const sentence of report.violations.slice(0, 20)) print(`  ${sentence}`);
    print(report.violations.length === 0 ? 'Every family had exactly one live token.' : 'NOT CLEAN');
    if (report.violations.length > 0) process.exitCode = 1;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

// A drill that hangs must not hold the machine for ever.
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 1_800_000).unref();

await run();
