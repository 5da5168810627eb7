import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { clearHostCookie, readCookie, setHostCookie } from '@ims/platform/http/cookies';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RefreshToken } from './sessions.ts';

export const refreshCookie = '__Host-ims-refresh';

/** With "remember me" the cookie outlives the browser's closing, as long as its token; without, it does not. */
export const setRefreshCookie = (reply: FastifyReply, { text, remember, endsInSeconds }: RefreshToken): void =>
  setHostCookie(reply, { name: refreshCookie, value: text, ...(remember ? { maxAgeSeconds: endsInSeconds } : {}) });

export const clearRefreshCookie = (reply: FastifyReply): void => clearHostCookie(reply, refreshCookie);

/** The refresh token of the call; undefined for none, and for anything that cannot be one of ours. */
export const readRefreshCookie = (request: FastifyRequest): string | undefined => {
  const value = readCookie(request, refreshCookie);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
};

const foreign = refusal('AUTHORIZATION_ERROR', 'This call must come from the application itself');

/**
 * Refuses a call that another site's page makes a browser send: cookies travel by themselves, intentions do not.
 * Browsers that do not say where a call comes from still name the page's origin.
 */
export const refuseForeignPage = ({ headers, host }: FastifyRequest): Refusal | undefined => {
  const from = headers['sec-fetch-site'];
  if (from !== undefined) return from === 'same-origin' || from === 'none' ? undefined : foreign;
  const { origin } = headers;
  if (origin === undefined) return undefined;
  return URL.canParse(origin) && new URL(origin).host === host ? undefined : foreign;
};
