import { type ImportArguments, readArguments, usage } from './arguments.ts';
import { askPassword } from './ask-password.ts';
import { checkCsv, importCsv } from './import-csv.ts';
import { ImportProblem } from './import-problem.ts';
import { signIn } from './ims-client.ts';
import { retryFor } from './retry.ts';

const patienceMs = 180_000;

const count = (rows: number): string => rows.toLocaleString('en');

const run = async (options: ImportArguments, signal: AbortSignal): Promise<string> => {
  const listed = (refused: number) => (refused > 0 ? `Refused rows are listed in ${options.refused}\n` : '');
  if (options.dryRun) {
    const { good, refused, sites } = await checkCsv(options, signal);
    const bySite = [...sites].map(([site, rows]) => `  ${site}: ${count(rows)}\n`).join('');
    return `${bySite}${listed(refused)}dry run, nothing sent: ${good} good, ${refused} refused\n`;
  }
  const { url, username } = options;
  const connect = async () => {
    const password = await askPassword(username, process.env);
    return signIn({ url, username, password, retry: retryFor(patienceMs, signal), signal });
  };
  const { imported, alreadyThere, refused } = await importCsv(options, { connect, signal, terminal: process.stderr });
  return `${listed(refused)}imported ${imported}, already there ${alreadyThere}, refused ${refused}\n`;
};

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  const options = readArguments(process.argv.slice(2));
  process.stdout.write(options === 'help' ? usage : await run(options, stop.signal));
} catch (error) {
  if (stop.signal.aborted) {
    process.stderr.write('Stopped. Run the same command again to go on: no row is added twice.\n');
    process.exitCode = 130;
  } else if (error instanceof ImportProblem) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
