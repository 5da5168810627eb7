import { setTimeout as delay } from 'node:timers/promises';
import { headers } from '@ims/contracts/site-scope';
import { demoPassword } from '../demo/demo-organization.ts';

export type Answer = {
  readonly status: number;
  /** What the answer's position in the log is called; whoever sends it on reads at least that. */
  readonly token: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field
  readonly body: any;
};

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly siteId?: string;
  readonly body?: unknown;
  /** Reads wait until the rows include it. */
  readonly token?: string | undefined;
  readonly idempotencyKey?: string;
};

export type Tally = { requests: number; retried: number; readonly failed: string[] };

export type Person = {
  /** The answer; nothing when it failed, which is then in the tally. */
  call(request: Request): Promise<Answer | undefined>;
};

export type PersonOptions = {
  readonly url: string;
  readonly username: string;
  readonly tally: Tally;
  /** How long a 503, a lost connection or an expired sign-in is tried again, in milliseconds; 0: not at all. */
  readonly patienceMs: number;
};

const requestTimeoutMs = 30_000;
const retryMs = 100;
const transient = new Set([401, 429, 502, 503, 504]);

/** Somebody signed in, who tries again as the web app does. */
export const signIn = async ({ url, username, tally, patienceMs }: PersonOptions): Promise<Person> => {
  let token = await login(url, username);
  const send = async (request: Request): Promise<Answer> => {
    const answer = await fetch(url + request.path, {
      method: request.method,
      headers: headersOf(request, token),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: answer.status,
      token: answer.headers.get(headers.consistencyToken) ?? undefined,
      body: isJson ? JSON.parse(text) : text,
    };
  };
  return {
    call: async (request) => {
      tally.requests += 1;
      const until = performance.now() + patienceMs;
      for (;;) {
        const answer = await send(request).catch((error: unknown) => String(error));
        if (typeof answer === 'object' && !transient.has(answer.status)) {
          if (answer.status < 500) return answer;
          tally.failed.push(`${request.method} ${request.path}: ${answer.status}`);
          return undefined;
        }
        if (performance.now() > until) {
          const why = typeof answer === 'string' ? answer : `${answer.status} ${JSON.stringify(answer.body)}`;
          tally.failed.push(`${request.method} ${request.path}: ${why}`);
          return undefined;
        }
        tally.retried += 1;
        if (typeof answer === 'object' && answer.status === 401) token = await login(url, username);
        await delay(retryMs);
      }
    },
  };
};

const headersOf = ({ siteId, body, token: consistency, idempotencyKey }: Request, token: string) => ({
  authorization: `Bearer ${token}`,
  ...(siteId === undefined ? {} : { [headers.siteId]: siteId }),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(consistency === undefined ? {} : { [headers.consistencyToken]: consistency }),
  ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
});

const login = async (url: string, username: string): Promise<string> => {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: demoPassword }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const body = (await answer.json()) as { readonly token?: string };
  if (!body.token) throw new Error(`${username} cannot sign in: ${answer.status}`);
  return body.token;
};
