import { EventLogUnavailable } from '../event-log/event-log.ts';
import { IssuerUnavailable } from '../identity/issuer-keys.ts';

/** Thrown when there is more work waiting than can be done in time; answered like a dependency that is away. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** Connection lost, server stopping or starting, too many connections, disk full, a statement that took too long. */
const sqlStates = /^(?:08|53)|^57(?:P0[1-5]|014)$|^25006$/;
/** What pg says without a code. */
const pgMessages =
  /^(?:Connection terminated|Client has encountered a connection error|Query read timeout|timeout exceeded)/;

/** True when the error says that a dependency is away for now, rather than that we made a mistake. */
export const isUnavailable = (error: unknown, depth = 0): boolean => {
  if (!(error instanceof Error) || depth > 5) return false;
  if (error instanceof IssuerUnavailable) return true;
  if (error instanceof EventLogUnavailable || error instanceof Overloaded) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (networkCodes.has(code) || (code.length === 5 && sqlStates.test(code)) || pgMessages.test(error.message)) {
    return true;
  }
  if (error instanceof AggregateError && error.errors.some((one) => isUnavailable(one, depth + 1))) return true;
  return isUnavailable(error.cause, depth + 1);
};
