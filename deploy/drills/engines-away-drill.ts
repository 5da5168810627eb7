import { setTimeout as delay } from 'node:timers/promises';
import { createHistory } from '../chaos/history.ts';
import { createRandom } from '../chaos/random.ts';
import { checkStaleness, measureRecovery } from '../chaos/recovery.ts';
import { startTopology, type Topology } from '../chaos/topology.ts';
import { runReaders, runWriters, type Site, signIn } from '../chaos/workload.ts';
import { demoSiteId } from '../demo/seed-demo.ts';

const usage = `node --import tsx deploy/drills/engines-away-drill.ts [seconds]

Takes NATS away under load, then Redis: killed, and hanging, for so many seconds each (5). Nobody may be answered wrongly,
with 5xx, or later than the staleness bound. Ends by itself; exit code 1 when anybody noticed.`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const sites: readonly Site[] = ['Brussels', 'Lisbon'].map((name) => ({ id: demoSiteId(name), name }));

type Away = { readonly name: string; leave(): Promise<void>; comeBack(): Promise<void> };

const aways = ({ nats, redis }: Topology): readonly Away[] =>
  (
    [
      ['NATS', nats],
      ['Redis', redis],
    ] as const
  ).flatMap(([name, engine]) => [
    { name: `${name} killed`, leave: () => engine.kill(), comeBack: () => engine.restart() },
    { name: `${name} hanging`, leave: async () => engine.stop(), comeBack: async () => engine.resume() },
  ]);

const run = async (seconds: number): Promise<boolean> => {
  const topology = await startTopology(print);
  const history = createHistory();
  const random = createRandom(1);
  const ending = new AbortController();
  try {
    await topology.whenWell(60_000);
    const names = ['admin', 'editor', 'editor', 'admin', 'editor', 'admin', 'admin'];
    const [person, ...people] = await Promise.all(names.map((name) => signIn(topology.url, name, history)));
    if (!person) throw new Error('Nobody is signed in.');
    const load = { sites, history, random, signal: ending.signal };
    const working = Promise.all([
      runWriters({ ...load, people: people.slice(0, 3) }),
      runReaders({ ...load, people: people.slice(3) }),
    ]);
    const probing = { person, sites, history, random };
    for (const { name, leave, comeBack } of aways(topology)) {
      const before = { operations: history.operations.length, reads: history.reads, retried: history.retried };
      await leave();
      await delay(seconds * 1_000);
      await checkStaleness(topology, probing);
      await comeBack();
      await measureRecovery(name, topology, probing);
      print(
        `${name}: ${history.operations.length - before.operations} commands, ${history.reads - before.reads} reads, 5xx or broken ${history.retried - before.retried}`,
      );
    }
    ending.abort();
    await working;
  } finally {
    ending.abort();
    await topology.stop();
  }
  for (const { rule, what } of history.violations) print(`  VIOLATION ${rule}: ${what}`);
  print(`wrong or stale answers ${history.violations.length}, 5xx or broken connections ${history.retried}`);
  return history.violations.length === 0 && history.retried === 0;
};

try {
  const [seconds = '5'] = process.argv.slice(2);
  if (!/^\d{1,3}$/.test(seconds)) print(usage);
  else if (!(await run(Number(seconds)))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
