import { isRefusal } from '@ims/contracts/error-codes';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import { EventLogUnavailable } from '@ims/platform/event-log/event-log';
import { type FoundDifference, readDifferences } from '@ims/platform/operations/read-requests';
import { type AskedOperation, requestOperation } from '@ims/platform/operations/request-operation';
import { CliProblem, type ExitCode, exitCodes } from './cli-problem.ts';
import type { Connection } from './connect.ts';
import { type Followed, followRequest } from './follow-request.ts';
import { createProgressLine, type Output } from './progress-line.ts';

export type Terminal = { readonly out: Output; readonly progress: Output };

/** Asks for the operation, follows it to its end and prints what came of it. */
export const runOperation = async (
  connection: Connection,
  asked: AskedOperation,
  { out, progress }: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> => {
  const { request } = await ask(connection, asked);
  const line = createProgressLine(progress);
  try {
    const followed = await followRequest(connection.pool, request.id, { line, signal });
    const differences = asked.operation === 'verify' ? await readDifferences(connection.pool, idsOf(followed)) : [];
    for (const difference of differences) out.write(`${describeDifference(difference)}\n`);
    out.write(`${followed.request.answer ?? followed.request.state}\n`);
    return followed.request.state === 'done' && differences.length === 0 ? exitCodes.done : exitCodes.no;
  } catch (error) {
    if (!signal.aborted) throw error;
    line.end();
    throw new CliProblem(goesOn(asked), exitCodes.interrupted, { cause: error });
  }
};

const idsOf = ({ request, parts }: Followed): readonly string[] => [request, ...parts].map(({ id }) => id);

const ask = async ({ log, pool }: Connection, asked: AskedOperation) => {
  const commandId = timeOrderedUuid();
  const asker = {
    userId: null,
    commandId,
    requestHash: '',
    occurredAt: new Date().toISOString(),
    correlationId: `command-line-${commandId}`,
    signal: AbortSignal.timeout(10_000),
  };
  try {
    const requested = await requestOperation({ log, pool }, asked, asker);
    if (isRefusal(requested)) throw new CliProblem(`${requested.message}.`, exitCodes.no);
    return requested;
  } catch (error) {
    if (!(error instanceof EventLogUnavailable)) throw error;
    throw new CliProblem(
      'The event log does not answer, so nothing was asked: what operators do must stand in the log. Only status and dead-letters list|show work without it.',
      exitCodes.nobodyThere,
      { cause: error },
    );
  }
};

const goesOn = ({ operation, projection }: AskedOperation): string => {
  if (operation !== 'rebuild') return `Stopped looking; the ${operation} goes on in the projector.`;
  return `Stopped looking; the rebuild goes on in the projector. To pause it: npm run projector -- pause ${projection}`;
};

const describeDifference = ({ projection, version, table, key, difference }: FoundDifference): string => {
  const names = Object.entries(key).map(([column, value]) => `${column}=${value}`);
  return `${projection} v${version}  ${table}  ${names.join(' ')}  ${difference}`;
};
