import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool } from '@ims/platform/database/pool';
import { startEmbeddedPostgres } from '@ims/platform/embedded-postgres/embedded-postgres';
import { loadOrCreateMasterKey } from '@ims/platform/event-log/master-key';
import type pg from 'pg';
import { prepareDatabase } from '../launcher/database.ts';
import { signInTargets, type Target } from './sign-in-targets.ts';
import { startCommandApi } from './start-command-api.ts';

const usage = `node --import tsx deploy/drills/sign-in-timing-drill.ts [--each 600]

Measures over HTTP how long a command API of its own takes to refuse a sign-in, in random order: a name that nobody has,
a wrong password, a locked account (with a wrong and with the right password), a suspended person. Prints medians and how
well each two can be told apart (AUC; 0.5 is not at all). Ends by itself; exit code 1 when any is further than 0.05 from
0.5. Chance alone moves it by 0.03 at 200 of each, by 0.017 at 600.`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const furthest = 0.05;
const warmUps = 60;
/** An account is tried so often before its failures are forgotten: less than what locks it. */
const triesEach = 4;

type Samples = Map<string, number[]>;

const timeOf = async (url: string, { username, password }: Target): Promise<number> => {
  const begun = performance.now();
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  await answer.arrayBuffer();
  const took = performance.now() - begun;
  if (answer.status !== 401) throw new Error(`${username}: ${answer.status}`);
  return took;
};

const shuffled = <Item>(items: readonly Item[]): readonly Item[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);

const measure = async ({
  url,
  owner,
  targets,
  each,
}: {
  url: string;
  owner: pg.Pool;
  targets: readonly Target[];
  each: number;
}): Promise<Samples> => {
  const samples: Samples = new Map(targets.map(({ kind }) => [kind, []]));
  for (const target of shuffled(targets).slice(0, warmUps)) await timeOf(url, target);
  for (let pass = 0; [...samples.values()].some(({ length }) => length < each); pass += 1) {
    if (pass % triesEach === 0) await owner.query('delete from write_side.sign_in_guards where locked_until is null');
    for (const target of shuffled(targets)) samples.get(target.kind)?.push(await timeOf(url, target));
    print(`  ${samples.values().next().value?.length ?? 0} of each`);
  }
  return new Map([...samples].map(([kind, times]) => [kind, times.slice(0, each)]));
};

/** The chance that one of the first takes longer than one of the second. */
const areaUnderCurve = (first: readonly number[], second: readonly number[]): number => {
  const ranked = [...first.map((time) => ({ time, own: 1 })), ...second.map((time) => ({ time, own: 0 }))].sort(
    (one, other) => one.time - other.time,
  );
  const ranks = ranked.reduce((sum, { own }, at) => sum + own * (at + 1), 0);
  return (ranks - (first.length * (first.length + 1)) / 2) / (first.length * second.length);
};

const quantile = (times: readonly number[], share: number): string =>
  ([...times].sort((one, other) => one - other)[Math.floor(times.length * share)] ?? 0).toFixed(1);

/** Prints what was measured; answers the AUC that is furthest from 0.5. */
const tell = (samples: Samples): number => {
  print('\nkind                            n   p10 ms  median ms   p90 ms');
  for (const [kind, times] of samples) {
    const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => quantile(times, share));
    print(
      `${kind.padEnd(28)} ${String(times.length).padStart(4)} ${low?.padStart(8)} ${middle?.padStart(10)} ${high?.padStart(8)}`,
    );
  }
  print('\nAUC of each two');
  const all = [...samples];
  const areas = all.flatMap(([kind, times], at) =>
    all.slice(at + 1).map(([other, others]) => ({ pair: `${kind} / ${other}`, area: areaUnderCurve(times, others) })),
  );
  for (const { pair, area } of areas) print(`  ${pair.padEnd(58)} ${area.toFixed(3)}`);
  return Math.max(...areas.map(({ area }) => Math.abs(area - 0.5)));
};

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { each: { type: 'string', default: '600' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return print(usage);
  const home = await mkdtemp(join(tmpdir(), 'ims-timing-'));
  const masterKey = await loadOrCreateMasterKey(home);
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(home, 'postgres') });
  const owner = createPool({ url: postgres.url, applicationName: 'ims-drill' });
  try {
    await prepareDatabase(postgres.url, masterKey);
    print('People are being registered');
    const targets = await signInTargets({ databaseUrl: postgres.url, masterKey, owner });
    const api = await startCommandApi({ databaseUrl: postgres.url, masterKey, home });
    try {
      const furthestArea = tell(await measure({ url: api.url, owner, targets, each: Number(values.each) }));
      print(`\nFurthest from 0.5: ${furthestArea.toFixed(3)}; allowed ${furthest}`);
      if (furthestArea > furthest) process.exitCode = 1;
    } finally {
      await api.stop();
    }
  } finally {
    await owner.end();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
};

// A drill that hangs must not hold the machine for ever.
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 1_800_000).unref();

await run();
