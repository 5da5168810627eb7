import { headers as names } from '@ims/contracts/header-names';
import { ApiError, connectionLost, isWorthRepeating, readApiError } from './api-error.ts';
import { type AvailabilityStore, isLagging } from './availability.ts';
import { availability as browserAvailability } from './browser-availability.ts';
import { session as browserSession } from './browser-session.ts';
import type { SessionStore } from './session.ts';

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;
type Read = { readonly siteId?: string; readonly query?: Query; readonly signal?: AbortSignal | undefined };
export type Command = {
  readonly siteId?: string;
  readonly body?: unknown;
  /** Refused with PRECONDITION_FAILED when the record has another revision by now. */
  readonly revision?: number | undefined;
  /** One per intention: kept when the same request is sent again, so that it takes effect once. */
  readonly key?: string;
};
type ClientParts = {
  readonly fetch: typeof fetch;
  readonly session: Pick<SessionStore, 'fresh' | 'end'>;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
  readonly availability: Pick<AvailabilityStore, 'saved' | 'commandFailed' | 'readFailed'>;
};

const repeatAfterMs = [400, 1_500];
/** The change is in the log already: nothing is wrong, so nobody hears of it for a while. */
const laggingRepeats = 10;
const longestPauseMs = 5_000;
/** Read tables are long past a command by then; an old token must not trouble a log restored from a backup. */
const tokenLifeMs = 60_000;
/** As long as one of several query APIs may not have heard what another one has told us. */
const newsLifeMs = 2_000;

const withQuery = (path: string, query: Query = {}): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one));
  }
  return parameters.size ? `/api/v1${path}?${parameters}` : `/api/v1${path}`;
};

const commandHeaders = ({ siteId, body, revision, key }: Command): Record<string, string> => ({
  [names.idempotencyKey]: key ?? crypto.randomUUID(),
  ...(siteId ? { [names.siteId]: siteId } : {}),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
});

/** Needs no token, and must not fail because an old one could not be renewed. */
const signInPath = '/api/v1/auth/login';

/** The wire: bearer token and its renewal, the site of a call, retries under one idempotency key, errors as values of one class. */
export const createClient = ({ fetch, session, wait, now, availability }: ClientParts) => {
  let written: { token: string; at: number } | undefined;
  const consistency = (): Record<string, string> =>
    written && now() - written.at < tokenLifeMs ? { [names.consistencyToken]: written.token } : {};

  const heardAt = new Map<string, number>();
  /** Told of a change, we must not be given the page from before it by a process that was told later. */
  const freshness = (siteId: string): Record<string, string> =>
    now() - (heardAt.get(siteId) ?? -newsLifeMs) < newsLifeMs ? { 'cache-control': 'no-cache' } : {};

  const send = async (path: string, request: RequestInit, rejected?: string): Promise<Response> => {
    const signedIn = path === signInPath ? undefined : await session.fresh(rejected);
    const headers = { ...request.headers, ...(signedIn ? { authorization: `Bearer ${signedIn.token}` } : {}) };
    const response = await fetch(path, { ...request, headers }).catch((cause: unknown) => {
      if (request.signal?.aborted) throw cause;
      throw connectionLost(cause);
    });
    if (response.ok) return response;
    const error = response.status === 401 ? await readApiError(response) : undefined;
    // An expired password leaves the session as it is: the change of the password goes on with it.
    if (error?.code === 'PASSWORD_EXPIRED' && signedIn?.passwordExpired) throw error;
    if (error && signedIn && !rejected) return send(path, request, signedIn.token);
    if (error && error.code !== 'PASSWORD_EXPIRED' && path !== signInPath) session.end();
    throw error ?? (await readApiError(response));
  };

  const pauseBefore = (error: ApiError, repeats: { lagging: number; failed: number }): number | undefined => {
    const asked = Math.min(error.retryAfterMs ?? 0, longestPauseMs);
    if (isLagging(error)) {
      repeats.lagging += 1;
      return repeats.lagging > laggingRepeats ? undefined : Math.max(repeatAfterMs[0] ?? 0, asked);
    }
    availability.commandFailed(error);
    const pause = repeatAfterMs[repeats.failed];
    repeats.failed += 1;
    return pause === undefined ? undefined : Math.max(pause, asked);
  };

  const repeatedly = async (attempt: () => Promise<Response>): Promise<Response> => {
    const repeats = { lagging: 0, failed: 0 };
    for (;;) {
      const outcome = await attempt().catch((error: unknown) => error);
      if (outcome instanceof Response) return outcome;
      if (!(outcome instanceof ApiError) || !isWorthRepeating(outcome)) throw outcome;
      const pause = pauseBefore(outcome, repeats);
      if (pause === undefined) throw outcome;
      await wait(pause);
    }
  };

  return {
    read: async <T>(path: string, { siteId, query, signal }: Read = {}): Promise<T> => {
      const headers = { ...consistency(), ...(siteId ? { [names.siteId]: siteId, ...freshness(siteId) } : {}) };
      const response = await send(withQuery(path, query), { headers, ...(signal ? { signal } : {}) }).catch((error) => {
        if (error instanceof ApiError && error.status === 400 && written) written = undefined;
        if (error instanceof ApiError) availability.readFailed(error);
        throw error;
      });
      return response.json();
    },
    command: async <T>(
      method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      path: string,
      command: Command = {},
    ): Promise<T> => {
      const headers = commandHeaders(command);
      const body = command.body === undefined ? {} : { body: JSON.stringify(command.body) };
      const response = await repeatedly(() => send(withQuery(path), { method, headers, ...body }));
      availability.saved();
      const token = response.headers.get(names.consistencyToken);
      if (token) written = { token, at: now() };
      return response.json();
    },
    /** The site has changed: what is read of it in the next moments is read anew. */
    heardNews: (siteId: string): void => {
      heardAt.set(siteId, now());
    },
    /** Opens a stream of server-sent events. */
    stream: (path: string, siteId: string, lastEventId: string | undefined, signal: AbortSignal): Promise<Response> => {
      const headers = {
        accept: 'text/event-stream',
        [names.siteId]: siteId,
        ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
      };
      return send(withQuery(path), { headers, signal });
    },
  };
};

export const api = createClient({
  fetch: (...request) => fetch(...request),
  session: browserSession,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  now: Date.now,
  availability: browserAvailability,
});
