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

/** Refuses a call that another site's page makes a browser send: cookies travel by themselves, intentions do not. */
export const refuseForeignPage = (request: FastifyRequest): Refusal | undefined => {
  const from = request.headers['sec-fetch-site'];
  if (from === undefined || from === 'same-origin' || from === 'none') return undefined;
  return refusal('AUTHORIZATION_ERROR', 'This call must come from the application itself');
};
