import type { FastifyRequest } from 'fastify';

/** Where a call came from, as security events keep it, and what ties them together. */
export type RequestOrigin = { readonly ip: string; readonly userAgent: string; readonly correlationId: string };

const longestAddress = 64;
const longestUserAgent = 512;

export const originOf = ({ ip, headers, id }: FastifyRequest): RequestOrigin => ({
  ip: ip.slice(0, longestAddress),
  userAgent: (headers['user-agent'] ?? '').slice(0, longestUserAgent),
  correlationId: id,
});
