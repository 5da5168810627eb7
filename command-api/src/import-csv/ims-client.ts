import { SignedIn } from '@ims/contracts/auth/api';
import { ErrorEnvelope } from '@ims/contracts/error-codes';
import { headers } from '@ims/contracts/site-scope';
import type { z } from 'zod';
import { ImportProblem } from './import-problem.ts';
import { PassingFailure, type Retry } from './retry.ts';

/** An answer that is not a success: its HTTP status, and the code and sentence of the error envelope. */
export type Refused = { readonly status: number; readonly code: string; readonly message: string };
export type Answer<Body> = { readonly refused?: never; readonly body: Body } | { readonly refused: Refused };

export type Call = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly siteId?: string;
};

export type ImsClient = {
  /** Sends a call as the signed-in user; passing failures are repeated, an expired token is renewed. */
  send<Body>(call: Call, schema: z.ZodType<Body>): Promise<Answer<Body>>;
};

const requestTimeoutMs = 60_000;
const passingStatuses = [429, 502, 503, 504];

const reach = async (url: string, request: RequestInit, signal: AbortSignal): Promise<Response> => {
  try {
    return await fetch(url, {
      ...request,
      // Who answers elsewhere was not named by the operator and must not be handed the password.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new PassingFailure(`${new URL(url).origin} cannot be reached`, { cause });
  }
};

const readJson = async (response: Response): Promise<unknown> => {
  try {
    return JSON.parse(await response.text());
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw new PassingFailure(`${new URL(response.url).origin} broke off its answer`, { cause });
  }
};

const readAnswer = async <Body>(response: Response, schema: z.ZodType<Body>): Promise<Answer<Body>> => {
  const json = await readJson(response);
  const origin = new URL(response.url).origin;
  const envelope = ErrorEnvelope.safeParse(json);
  const message = envelope.success ? envelope.data.error.message : `HTTP ${response.status}`;
  if (passingStatuses.includes(response.status)) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const retryAfterMs = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0.1), 120) * 1_000 : undefined;
    throw new PassingFailure(`${origin} is busy or starting: ${message}`, { retryAfterMs });
  }
  if (envelope.success) return { refused: { status: response.status, code: envelope.data.error.code, message } };
  const body = schema.safeParse(json);
  if (!response.ok || !body.success) throw new ImportProblem(`${origin} does not answer like an IMS (${message}).`);
  return { body: body.data };
};

const send = (url: string, { method, path, body, siteId }: Call, token: string | undefined, signal: AbortSignal) =>
  reach(
    `${url}/api/v1${path}`,
    {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(siteId === undefined ? {} : { [headers.siteId]: siteId }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    signal,
  );

export type SignInOptions = {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly retry: Retry;
  readonly signal: AbortSignal;
};

/** Signs in once, to know that address and password are right, and again whenever the token runs out. */
export const signIn = async ({ url, username, password, retry, signal }: SignInOptions): Promise<ImsClient> => {
  const call: Call = { method: 'POST', path: '/auth/login', body: { username, password } };
  const requestToken = async (): Promise<string> => {
    const answer = await readAnswer(await send(url, call, undefined, signal), SignedIn);
    if (answer.refused) throw new ImportProblem(`${username} cannot sign in: ${answer.refused.message}.`);
    return answer.body.token;
  };
  let token = await requestToken().catch((error: unknown) => {
    throw error instanceof PassingFailure ? new ImportProblem(`${error.message}.`, { cause: error }) : error;
  });
  const attempt = async <Body>(call: Call, schema: z.ZodType<Body>): Promise<Answer<Body>> => {
    const answer = await readAnswer(await send(url, call, token, signal), schema);
    if (answer.refused?.status !== 401) return answer;
    token = await requestToken();
    return readAnswer(await send(url, call, token, signal), schema);
  };
  return { send: (call, schema) => retry(() => attempt(call, schema)) };
};
