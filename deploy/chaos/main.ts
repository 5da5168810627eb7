import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isClean, reportText } from './report.ts';
import { runChaos } from './run-chaos.ts';

const usage = `npm run chaos -- [--short] [--seed N] [--faults N] [--minutes N] [--report FILE]

Real processes, killed, paused and cut off while people work; a checker decides. Ends by itself.
  --short        at least 30 faults within 3 minutes (for every change); without it 500 faults within 60 minutes
  --seed N       the same choices again`;

const wholeNumber = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${text} is not a whole number.`);
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      seed: { type: 'string' },
      faults: { type: 'string' },
      minutes: { type: 'string' },
      report: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(usage);
  const report = await runChaos({
    seed: wholeNumber(values.seed, 20_261_121),
    faults: wholeNumber(values.faults, values.short ? 32 : 500),
    seconds: 60 * wholeNumber(values.minutes, values.short ? 3 : 60),
    log: print,
  });
  const text = reportText(report);
  print(`\n${text}`);
  if (values.report) await writeFile(values.report, `${text}\n`);
  if (!isClean(report)) process.exitCode = 1;
};

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
