import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Deeper than any body of the contract; a body nested deeper could exhaust the stack of whoever walks it. */
const deepest = 32;

class UnreadableBody extends Error {
  readonly code: string;
  readonly statusCode: number;
  constructor(statusCode: number, code: string) {
    super('The body cannot be read');
    this.statusCode = statusCode;
    this.code = code;
  }
}

type Done = (error: Error | null, body?: unknown) => void;

/** JSON in UTF-8 and nothing else; `__proto__` keys, broken UTF-8 and deep nesting are refused like broken JSON. */
export const acceptJsonOnly = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done: Done) => {
      const charset = /charset="?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
      if (charset && !/^utf-?8$/i.test(charset)) return done(new UnreadableBody(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE'));
      if (body.length === 0) return done(null, undefined);
      if (!isUtf8(body)) return done(new UnreadableBody(400, 'FST_ERR_CTP_INVALID_JSON_BODY'));
      void parse(request, body.toString('utf8'), (error, value) => {
        if (error || isDeeperThan(value, deepest)) {
          return done(new UnreadableBody(400, 'FST_ERR_CTP_INVALID_JSON_BODY'));
        }
        done(null, value);
      });
    },
  );
};

const isDeeperThan = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isDeeperThan(inner, levels - 1)) return true;
  return false;
};
