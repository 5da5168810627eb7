import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationProblem } from '@ims/platform/config/load-config';
import { EngineRefused } from '@ims/platform/process/engine-refused';
import { type CliCommand, type OperationCommand, readArguments } from './arguments.ts';
import { CliProblem, type ExitCode, exitCodes } from './cli-problem.ts';
import { type Connection, connect } from './connect.ts';
import { listDeadLetters, readDeadLetter, showDeadLetter } from './dead-letters.ts';
import { siteIdOf } from './find-site.ts';
import { readStatus } from './read-status.ts';
import { runOperation, type Terminal } from './run-operation.ts';
import { showStatus } from './show-status.ts';
import { usage } from './usage.ts';

/** Where a command runs: what it is told beside its words, where it writes, and what ends it early. */
export type CommandPlace = Terminal & { readonly environment: NodeJS.ProcessEnv; readonly signal: AbortSignal };

const clearScreen = '\u001b[H\u001b[2J';

const status = async (
  { pool, log }: Connection,
  { watch, json }: { readonly watch: boolean; readonly json: boolean },
  { out, signal }: CommandPlace,
): Promise<ExitCode> => {
  for (;;) {
    const report = await readStatus(pool, log);
    const text = json ? `${JSON.stringify(report, null, 2)}\n` : showStatus(report);
    out.write(watch && out.isTTY ? clearScreen + text : text);
    if (!watch) return exitCodes.done;
    await delay(1_000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return exitCodes.done;
  }
};

const operate = async (connection: Connection, command: OperationCommand, place: CommandPlace): Promise<ExitCode> => {
  const { operation, projection, site, version, throttle, dryRun } = command;
  const siteId = await siteIdOf(connection.pool, site);
  const asked = { operation, projection, siteId, version, throttle, dryRun: dryRun ? true : undefined };
  return runOperation(connection, asked, place, place.signal);
};

const deadLetters = async (
  connection: Connection,
  command: Extract<CliCommand, { kind: 'dead-letters' }>,
  place: CommandPlace,
): Promise<ExitCode> => {
  const { pool } = connection;
  if (command.action === 'list') {
    place.out.write(await listDeadLetters(pool));
    return exitCodes.done;
  }
  const letter = await readDeadLetter(pool, command.id);
  if (command.action === 'show') {
    place.out.write(showDeadLetter(letter));
    return exitCodes.done;
  }
  const operation = command.action === 'retry' ? 'retry-dead-letter' : 'skip-dead-letter';
  const asked = { operation, projection: letter.projection, deadLetterId: letter.id } as const;
  return runOperation(connection, asked, place, place.signal);
};

const run = async (command: CliCommand, place: CommandPlace): Promise<ExitCode> => {
  if (command.kind === 'help') {
    place.out.write(usage);
    return exitCodes.done;
  }
  const connection = await connect(place.environment);
  try {
    if (command.kind === 'status') return await status(connection, command, place);
    if (command.kind === 'operation') return await operate(connection, command, place);
    return await deadLetters(connection, command, place);
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

/** Carries out the command that the words say and answers its exit code. Accidents are thrown. */
export const runCommandLine = async (words: readonly string[], place: CommandPlace): Promise<ExitCode> => {
  try {
    return await run(readArguments(words), place);
  } catch (error) {
    const exitCode = exitCodeOf(error);
    place.progress.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return exitCode;
  }
};
