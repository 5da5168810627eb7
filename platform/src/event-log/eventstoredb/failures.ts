import { EventLogUnavailable } from '../event-log.ts';

/**
 * What to do about an error of the client. `moved`: the stream is not at the expected revision. `refused`: this user
 * may not. `definite`: the same call will fail again. `later`: everything else; whether it was done is not known.
 */
export type Failure = 'moved' | 'refused' | 'definite' | 'later';

const permissionDenied = 7;
const unauthenticated = 16;
const invalidArgument = 3;
const unimplemented = 12;

const failuresByType: Readonly<Record<string, Failure>> = {
  'wrong-expected-version': 'moved',
  'access-denied': 'refused',
  'stream-deleted': 'definite',
  'maximum-append-size-exceeded': 'definite',
  'invalid-argument': 'definite',
  unsupported: 'definite',
};

const failuresByCode: Readonly<Record<number, Failure>> = {
  [permissionDenied]: 'refused',
  [unauthenticated]: 'refused',
  [invalidArgument]: 'definite',
  [unimplemented]: 'definite',
};

/**
 * The one place where errors of the client are told apart. The same cause looks different from call to call (a node
 * that cannot be reached: `UnavailableError` from a read, a plain Error with code 14 from an append; one that stops:
 * code 13; one that has just started: "Server Is Not Ready"), and messages may be empty; so by type, then by code.
 */
export const failureOf = (error: unknown): Failure => {
  const { type, code } = detailsOf(error);
  return failuresByType[type] ?? failuresByCode[code] ?? 'later';
};

/** Nothing is there by this name; the client throws it instead of ending the read. */
export const isStreamNotFound = (error: unknown): boolean => detailsOf(error).type === 'stream-not-found';

/** A call that got no answer in the time we give it; the client's own deadlines do not always fire. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** With the sentence for the operator; EventLogUnavailable stays what it is. */
export const unavailable = (sentence: string, cause: unknown): EventLogUnavailable =>
  cause instanceof EventLogUnavailable ? cause : new EventLogUnavailable(sentence, { cause });

const detailsOf = (error: unknown): { readonly type: string; readonly code: number } => {
  if (!(error instanceof Error)) return { type: '', code: -1 };
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  const code = 'code' in error && typeof error.code === 'number' ? error.code : -1;
  return { type, code };
};
