import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type RebuildDrillReport, runRebuildDrill } from './run-rebuild-drill.ts';

const usage = `node --import tsx deploy/drills/rebuild-drill.ts [--interactions N] [--writers N] [--readers N] [--report FILE]

Rebuilds the Finder rows twice while people work, kills the projector that does it once, rolls back once, verifies.
Needs nats-server and redis-server, or NATS_URL and REDIS_URL. Ends by itself; exit code 1 when anybody noticed.`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const wholeNumber = (text: string): number => {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new Error(`${text} is not a whole number.`);
};

const isClean = ({ people, answers }: RebuildDrillReport): boolean =>
  people.failed.length === 0 && people.stale.length === 0 && (answers.at(-1)?.includes('no row differs') ?? false);

const figures = ({
  people,
  rebuildSeconds,
  copyAndIndexSeconds,
  rows,
  interruptedAt,
}: RebuildDrillReport): string[] => {
  const ratios = rebuildSeconds.map((seconds) => (seconds / copyAndIndexSeconds).toFixed(2));
  return [
    `Finder rows: ${rows.toLocaleString('en')}`,
    `Interrupted by a kill at ${interruptedAt}`,
    `Rebuilds, from request to switch, while people worked: ${rebuildSeconds.map((seconds) => `${seconds.toFixed(1)} s`).join(', ')}`,
    `COPY of the rows and index build afterwards, at rest: ${copyAndIndexSeconds.toFixed(1)} s; ratios ${ratios.join(' and ')}`,
    `Commands acknowledged: ${people.written.toLocaleString('en')}; reads checked: ${people.read.toLocaleString('en')}`,
    `Requests tried again: ${people.retried}; failed: ${people.failed.length}; stale or missing rows: ${people.stale.length}`,
  ];
};

const reportText = (report: RebuildDrillReport): string =>
  [
    `# Rebuild drill of ${new Date().toISOString().slice(0, 10)}: ${isClean(report) ? 'nobody noticed' : 'NOT CLEAN'}`,
    '',
    ...figures(report).map((line) => `- ${line}`),
    '',
    ...report.answers.map((answer) => `> ${answer}`),
    '',
    'Progress as it was told:',
    '',
    ...report.samples.map((sample) => `- ${sample}`),
    ...[...report.people.failed, ...report.people.stale].slice(0, 50).map((line) => `- ${line}`),
  ].join('\n');

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      interactions: { type: 'string', default: '200000' },
      writers: { type: 'string', default: '5' },
      readers: { type: 'string', default: '5' },
      report: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(usage);
  const report = await runRebuildDrill({
    interactions: wholeNumber(values.interactions),
    writers: wholeNumber(values.writers),
    readers: wholeNumber(values.readers),
    log: print,
  });
  const text = reportText(report);
  print(`\n${text}`);
  if (values.report) await writeFile(values.report, `${text}\n`);
  if (!isClean(report)) process.exitCode = 1;
};

// A drill that hangs must not hold the machine for ever.
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 2 * 3_600_000).unref();

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
