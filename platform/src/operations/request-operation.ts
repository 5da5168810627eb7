import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { operationsStream } from '@ims/contracts/ids';
import type { OperationRequest } from '@ims/contracts/operations/api';
import { commandLineActorId, type Operation, type OperationsEvent } from '@ims/contracts/operations/events';
import type pg from 'pg';
import { type Codec, createCodec } from '../event-log/codec.ts';
import { newRecordId } from '../event-log/derived-ids.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { masterKeyFromBytes } from '../event-log/master-key.ts';
import { type RequestRow, readRequest, requestColumns, toOperationRequest } from './read-requests.ts';
import { refuseImpossible } from './refuse-impossible.ts';

/** What is asked; `projection` is the dead letter's for `retry-dead-letter` and `skip-dead-letter`. */
export type AskedOperation = {
  readonly operation: Operation;
  readonly projection: string;
  readonly siteId?: string | undefined;
  readonly version?: number | undefined;
  readonly deadLetterId?: string | undefined;
  readonly throttle?: number | undefined;
  readonly dryRun?: boolean | undefined;
};

/** Who asks and when (ISO 8601, UTC). `userId` null: the command line. The same `commandId` is the same request. */
export type Asker = {
  readonly userId: string | null;
  readonly commandId: string;
  readonly requestHash: string;
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly signal?: AbortSignal;
};

export type RequestDependencies = {
  readonly log: Pick<EventLog, 'append'>;
  /** Default: one without keys, as nothing in these events is sealed. */
  readonly codec?: Pick<Codec, 'sealAll'>;
  /** Of the role `ims_command`, or the owner's. */
  readonly pool: pg.Pool;
};

export type Requested = { readonly request: OperationRequest; readonly position: bigint };

/**
 * Asks the projector for an operation: the event first, then the row it works from, so that nothing happens without
 * a trace in the log. Asked again under the same command id it answers with the first request as it stands now.
 * Refuses what cannot be done as far as the books show it. Throws EventLogUnavailable when the log is away: then
 * nothing was asked.
 */
export const requestOperation = async (
  { log, codec = codecWithoutKeys, pool }: RequestDependencies,
  asked: AskedOperation,
  asker: Asker,
): Promise<Requested | Refusal> => {
  const id = newRecordId(asker.commandId, 'operation');
  const known = await readRequest(pool, id);
  const refused = known ? undefined : await refuseImpossible(pool, asked);
  if (refused) return refused;
  const position = await record({ log, codec }, id, asked, asker);
  if (isRefusal(position)) return position;
  return { request: await insertRequest(pool, id, asked, asker), position };
};

const record = async (
  { log, codec }: { readonly log: Pick<EventLog, 'append'>; readonly codec: Pick<Codec, 'sealAll'> },
  requestId: string,
  asked: AskedOperation,
  { userId, commandId, requestHash, occurredAt, correlationId, signal }: Asker,
): Promise<bigint | Refusal> => {
  const sealed = await codec.sealAll({
    stream: operationsStream,
    isNewStream: false,
    events: [{ type: 'OperationRequested', data: eventData(requestId, asked) }],
    metadata: {
      commandId,
      requestHash,
      occurredAt,
      actorId: userId ?? commandLineActorId,
      ...(asked.siteId === undefined ? {} : { siteId: asked.siteId }),
      correlationId,
      causationId: commandId,
    },
  });
  const result = await log.append(
    { stream: operationsStream, expectedRevision: 'any', commandId, ...sealed },
    signal ? { signal } : {},
  );
  if (result.outcome === 'conflict') throw new Error('An append that expects nothing met a conflict.');
  if (result.outcome === 'repeated' && (result.stream !== operationsStream || result.requestHash !== requestHash)) {
    return refusal('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for a different request');
  }
  return result.position;
};

const eventData = (requestId: string, asked: AskedOperation): OperationsEvent['data'] => ({
  requestId,
  operation: asked.operation,
  projection: asked.projection,
  ...(asked.siteId === undefined ? {} : { siteId: asked.siteId }),
  ...(asked.version === undefined ? {} : { version: asked.version }),
  ...(asked.deadLetterId === undefined ? {} : { deadLetterId: asked.deadLetterId }),
  ...(asked.throttle === undefined ? {} : { throttle: asked.throttle }),
  ...(asked.dryRun ? { dryRun: true } : {}),
});

const insertRequest = async (
  pool: pg.Pool,
  id: string,
  asked: AskedOperation,
  { userId }: Asker,
): Promise<OperationRequest> => {
  const { rows } = await pool.query<RequestRow>(
    `insert into operations.requests
       (id, operation, projection, site_id, version, dead_letter_id, throttle, dry_run, requested_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (id) do nothing
     returning ${requestColumns}`,
    [
      id,
      asked.operation,
      asked.projection,
      asked.siteId ?? null,
      asked.version ?? null,
      asked.deadLetterId ?? null,
      asked.throttle ?? null,
      asked.dryRun ?? false,
      userId,
    ],
  );
  const request = rows[0] ? toOperationRequest(rows[0]) : await readRequest(pool, id);
  if (!request) throw new Error(`The request ${id} was written and is not there.`);
  return request;
};

const noKeys = () => Promise.reject(new Error('Events about operations have no sealed content.'));
const codecWithoutKeys = createCodec<OperationsEvent>({
  keyStore: { read: noKeys, erase: noKeys },
  masterKey: masterKeyFromBytes(Buffer.alloc(32)),
}) as Pick<Codec, 'sealAll'>;
