import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationProblem } from '@ims/platform/config/load-config';
import { EngineRefused } from '@ims/platform/process/engine-refused';
import { type CliCommand, type OperationCommand, readArguments } from './arguments.ts';
import { CliProblem, type ExitCode, exitCodes } from './cli-problem.ts';
import { type Connection, connect } from './connect.ts';
import { listDeadLetters, readDeadLetter, showDeadLetter } from './dead-letters.ts';
import { siteIdOf } from './find-site.ts';
import { readStatus } from './read-status.ts';
import { runOperation } from './run-operation.ts';
import { showStatus } from './show-status.ts';
import { usage } from './usage.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const { stdout, stderr } = process;
const terminal = { out: stdout, progress: stderr };
const clearScreen = '\u001b[H\u001b[2J';

const status = async (
  { pool, log }: Connection,
  { watch, json }: { readonly watch: boolean; readonly json: boolean },
): Promise<ExitCode> => {
  for (;;) {
    const report = await readStatus(pool, log);
    const text = json ? `${JSON.stringify(report, null, 2)}\n` : showStatus(report);
    stdout.write(watch && stdout.isTTY ? clearScreen + text : text);
    if (!watch) return exitCodes.done;
    await delay(1_000, undefined, { signal: stop.signal }).catch(() => undefined);
    if (stop.signal.aborted) return exitCodes.done;
  }
};

const operate = async (connection: Connection, command: OperationCommand): Promise<ExitCode> => {
  const { operation, projection, site, version, throttle, dryRun } = command;
  const siteId = await siteIdOf(connection.pool, site);
  const asked = { operation, projection, siteId, version, throttle, dryRun: dryRun ? true : undefined };
  return runOperation(connection, asked, terminal, stop.signal);
};

const deadLetters = async (
  connection: Connection,
  command: Extract<CliCommand, { kind: 'dead-letters' }>,
): Promise<ExitCode> => {
  const { pool } = connection;
  if (command.action === 'list') {
    stdout.write(await listDeadLetters(pool));
    return exitCodes.done;
  }
  const letter = await readDeadLetter(pool, command.id);
  if (command.action === 'show') {
    stdout.write(showDeadLetter(letter));
    return exitCodes.done;
  }
  const operation = command.action === 'retry' ? 'retry-dead-letter' : 'skip-dead-letter';
  const asked = { operation, projection: letter.projection, deadLetterId: letter.id } as const;
  return runOperation(connection, asked, terminal, stop.signal);
};

const run = async (command: CliCommand): Promise<ExitCode> => {
  if (command.kind === 'help') {
    stdout.write(usage);
    return exitCodes.done;
  }
  const connection = await connect(process.env);
  try {
    if (command.kind === 'status') return await status(connection, command);
    if (command.kind === 'operation') return await operate(connection, command);
    return await deadLetters(connection, command);
  } finally {
    await connection.close().catch(() => undefined);
  }
};

/** What a person can mend is a sentence; anything else is our mistake and keeps its stack. */
const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof CliProblem) return error.exitCode;
  if (error instanceof ConfigurationProblem) return exitCodes.usage;
  if (error instanceof EngineRefused) return exitCodes.nobodyThere;
  throw error;
};

try {
  process.exitCode = await run(readArguments(process.argv.slice(2)));
} catch (error) {
  process.exitCode = exitCodeOf(error);
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
