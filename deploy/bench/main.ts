import { mkdir, writeFile } from 'node:fs/promises';
import { type BenchOptions, readBenchOptions } from './bench-options.ts';
import { type RunFacts, reportOf, shortfallsOf, tableOf } from './report.ts';
import { runBench } from './run-bench.ts';

const reports = new URL('../../docs/benchmarks/', import.meta.url);

const saveReport = async (name: string, text: string): Promise<void> => {
  await mkdir(reports, { recursive: true });
  await writeFile(new URL(name, reports), text);
};

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const run = async (options: BenchOptions): Promise<void> => {
  const begun = performance.now();
  const { comparisons, events, postgresVersion } = await runBench(options, say);
  const facts: RunFacts = {
    ...options,
    date: new Date().toISOString().slice(0, 10),
    events,
    postgresVersion,
    seconds: (performance.now() - begun) / 1_000,
  };
  const name = `${facts.date}-${options.rows}.md`;
  await saveReport(name, reportOf(comparisons, facts));
  say(`\n${tableOf(comparisons)}\n\n${shortfallsOf(comparisons)}\n\nReport: docs/benchmarks/${name}`);
};

// A bench that hangs must not hold the machine for ever.
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 3 * 3_600_000).unref();

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

const readOptions = (): BenchOptions | undefined => {
  try {
    return readBenchOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return undefined;
  }
};

// What falls short is printed and not an error: the bench shows figures, the reader judges them.
const options = readOptions();
try {
  if (options) await run(options);
} catch (error) {
  // Whatever breaks when the database is stopped under a run that was interrupted is no news.
  if (!interruption.signal.aborted) throw error;
}
