import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a cookie needs to stay with this origin alone (`__Host-`), out of reach of scripts and of other sites' pages. */
const attributes = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } satisfies CookieSerializeOptions;

/** Sets a cookie whose name begins with `__Host-`; without `maxAgeSeconds` it ends with the browser's session. */
export const setHostCookie = (
  reply: FastifyReply,
  {
    name,
    value,
    maxAgeSeconds,
    sameSite = 'strict',
  }: {
    readonly name: `__Host-${string}`;
    readonly value: string;
    readonly maxAgeSeconds?: number;
    /** `lax` for one that must come along when another site sends the browser here. */
    readonly sameSite?: 'strict' | 'lax';
  },
): void => {
  reply.setCookie(name, value, {
    ...attributes,
    sameSite,
    ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
  });
};

export const clearHostCookie = (reply: FastifyReply, name: `__Host-${string}`): void => {
  reply.clearCookie(name, attributes);
};

export const readCookie = (request: FastifyRequest, name: string): string | undefined => request.cookies[name];
