import { createHash } from 'node:crypto';
import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { headers } from '@ims/contracts/site-scope';
import { commandIdFor } from '@ims/platform/event-log/derived-ids';
import { parseIfMatch } from '@ims/platform/http/etag';
import { callerOf } from '@ims/platform/http/route-access';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from './handle-command.ts';

const deadlineMs = 10_000;

/**
 * The context of the one command that a request is; `siteId` for commands that act on a site. `asked` is what two
 * requests under one key must share; its hash stands in the log for ever, so a secret must not be part of it.
 */
export const commandContext = (
  request: FastifyRequest,
  siteId?: string,
  asked: unknown = request.body,
): CommandContext | Refusal => {
  const key = idempotencyKey(request);
  if (isRefusal(key)) return key;
  const ifMatch = parseIfMatch(request.headers['if-match']);
  if (isRefusal(ifMatch)) return ifMatch;
  // The route and its parsed parameters, not the address: one record has several spellings of its address.
  const { method, routeOptions, params } = request;
  return {
    ...commandOf(callerOf(request).userId, key, [method, routeOptions.url, params, siteId, asked]),
    siteId,
    ifMatch,
    correlationId: request.id,
    signal: AbortSignal.timeout(deadlineMs),
  };
};

/** What makes a command recognizable: its id and the hash of what it asks for. */
export const commandOf = (actorId: string, key: string | undefined, asked: readonly unknown[]) => ({
  actorId,
  commandId: commandIdFor(actorId, key),
  requestHash: createHash('sha256').update(JSON.stringify(asked)).digest('base64url'),
  occurredAt: new Date().toISOString(),
});

const idempotencyKey = (request: FastifyRequest): string | undefined | Refusal => {
  const key = request.headers[headers.idempotencyKey];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const message = 'Idempotency-Key must have 1 to 255 printable ASCII characters';
  return refusal('VALIDATION_ERROR', message, [{ field: 'Idempotency-Key', message }]);
};
