import { createHmac, hkdfSync } from 'node:crypto';
import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { headers } from '@ims/contracts/site-scope';
import { commandIdFor } from '@ims/platform/event-log/derived-ids';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import { parseIfMatch } from '@ims/platform/http/etag';
import { callerOf } from '@ims/platform/http/route-access';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from './handle-command.ts';

const deadlineMs = 10_000;

/** What makes a command recognizable: its id, the hash of what it asks for, and who asks when. */
export type CommandIdentity = Pick<CommandContext, 'actorId' | 'commandId' | 'requestHash' | 'occurredAt'>;

export type CommandContexts = {
  /** `asked` is what two requests under one key must share; never a secret. */
  identify(actorId: string, key: string | undefined, asked: readonly unknown[]): CommandIdentity;
  /** The context of the one command that a request is; `siteId` for commands that act on a site. */
  ofRequest(request: FastifyRequest, siteId?: string, asked?: unknown): CommandContext | Refusal;
};

/**
 * The hash of a request stands in the log for ever and in clear, so it is keyed: without the key nobody can try out
 * what an erased request may have said. The key follows from the master key.
 */
export const createCommandContexts = (masterKey: MasterKey): CommandContexts => {
  const hashKey = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims request hash', 32));
  const identify: CommandContexts['identify'] = (actorId, key, asked) => ({
    actorId,
    commandId: commandIdFor(actorId, key),
    requestHash: createHmac('sha256', hashKey).update(JSON.stringify(asked)).digest('base64url'),
    occurredAt: new Date().toISOString(),
  });
  const ofRequest: CommandContexts['ofRequest'] = (request, siteId, asked = request.body) => {
    const key = idempotencyKey(request);
    if (isRefusal(key)) return key;
    const ifMatch = parseIfMatch(request.headers['if-match']);
    if (isRefusal(ifMatch)) return ifMatch;
    // The route and its parsed parameters, not the address: one record has several spellings of its address.
    const { method, routeOptions, params } = request;
    return {
      ...identify(callerOf(request).userId, key, [method, routeOptions.url, params, siteId, asked]),
      siteId,
      ifMatch,
      correlationId: request.id,
      signal: AbortSignal.timeout(deadlineMs),
    };
  };
  return { identify, ofRequest };
};

const idempotencyKey = (request: FastifyRequest): string | undefined | Refusal => {
  const key = request.headers[headers.idempotencyKey];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const message = 'Idempotency-Key must have 1 to 255 printable ASCII characters';
  return refusal('VALIDATION_ERROR', message, [{ field: 'Idempotency-Key', message }]);
};
