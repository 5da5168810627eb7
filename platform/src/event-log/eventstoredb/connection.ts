import { setTimeout as delay } from 'node:timers/promises';
import { type Credentials, EventStoreDBClient } from '@eventstore/db-client';
import { failureOf, NoAnswer } from './failures.ts';

export type Connection = {
  readonly client: EventStoreDBClient;
  /**
   * To be given to every append: with it the client makes one call per append, whose deadline it keeps. Without it
   * appends share a stream and a table that is global to the module: their deadlines do not fire, and an error of one
   * client's stream rejects the pending appends of every other client in the process.
   */
  readonly credentials: Credentials | undefined;
  /** Whether the address says tls=false: neither encrypted nor with passwords. */
  readonly insecure: boolean;
};

/** A node that hangs is noticed within the sum of both; the client's defaults need 20 s. */
const keepAlive = { keepAliveInterval: '3000', keepAliveTimeout: '2000' };

/** Connects at the first call, and by itself again after it was lost. `client.dispose()` must be called at the end. */
export const createConnection = (url: string, connectionName: string): Connection => {
  const options = { connectionName: encodeURIComponent(connectionName), ...keepAlive };
  const address = withOptions(url, options);
  const insecure = /[?&]tls=false(&|$)/.test(address);
  return {
    client: withoutWarnings(() => EventStoreDBClient.connectionString(address)),
    credentials: credentialsOf(address) ?? (insecure ? { username: '', password: '' } : undefined),
    insecure,
  };
};

/**
 * What the address already says wins; but for `throwOnAppendFailure`, with which a refused append looks like one that
 * was taken.
 */
const withOptions = (url: string, options: Readonly<Record<string, string>>): string => {
  const address = url
    .trim()
    .replace(/[?&]throwOnAppendFailure=[^&]*/i, '')
    .replace(/\/*$|\/+(?=\?)/, '')
    .replace(/^([^?&]*)&/, '$1?');
  const missing = Object.entries(options).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(address));
  const start = address.includes('?') ? '&' : '?';
  return address + missing.map(([name, value], place) => `${place === 0 ? start : '&'}${name}=${value}`).join('');
};

const credentialsOf = (address: string): Credentials | undefined => {
  const [, username, password] = /^[^:]+:\/\/([^:@/]+):([^@]+)@/.exec(address) ?? [];
  if (username === undefined || password === undefined) return undefined;
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
};

/** The client prints a warning about every keep-alive under 10 s, which is what we want. */
const withoutWarnings = <Result>(make: () => Result): Result => {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return make();
  } finally {
    console.warn = warn;
  }
};

/** Rejects with NoAnswer when the call does not settle in time; what becomes of it afterwards is of no interest. */
export const answerWithin = async <Result>(ms: number, call: () => Promise<Result>): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`No answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
};

const firstPauseMs = 50;
const longestPauseMs = 1_000;

/** Milliseconds to wait before the next try (from 1): 50, 100, 200, … at most 1,000, of which half is random. */
export const pauseBefore = (attempt: number): number => {
  const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  return pause / 2 + (Math.random() * pause) / 2;
};

/** How long reads are tried that an append needs. */
export const readPatienceMs = 3_000;

/** Tries again what failed for reasons that pass, until `patienceMs` are over; then with the last error. */
export const withPatience = async <Result>(patienceMs: number, work: () => Promise<Result>): Promise<Result> => {
  const end = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (failureOf(error) !== 'later' || performance.now() >= end) throw error;
      await delay(pauseBefore(attempt));
    }
  }
};
