import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isRefusal } from '@ims/contracts/error-codes';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { readRequest } from '@ims/platform/operations/read-requests';
import { type AskedOperation, requestOperation } from '@ims/platform/operations/request-operation';
import { readVersions, type VersionRow } from '@ims/projector/versions/operations';
import type pg from 'pg';

export type Operator = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  /** Asked about every half second while something is under way. */
  readonly watch: (versions: readonly VersionRow[]) => void;
};

const pollMs = 500;

/** As the command line does: asks, then waits for the projector's answer. Throws when it is refused or fails. */
export const ask = async ({ pool, log, watch }: Operator, asked: AskedOperation): Promise<string> => {
  const commandId = randomUUID();
  const occurredAt = new Date().toISOString();
  const asker = { userId: null, commandId, requestHash: commandId, occurredAt, correlationId: commandId };
  const requested = await requestOperation({ log, pool }, asked, asker);
  if (isRefusal(requested)) throw new Error(`${asked.operation} was refused: ${requested.message}`);
  for (;;) {
    const request = await readRequest(pool, requested.request.id);
    if (request?.state === 'done') return request.answer ?? '';
    if (request?.state === 'refused' || request?.state === 'failed') {
      throw new Error(`${asked.operation} ended as ${request.state}: ${request.answer}`);
    }
    watch(await readVersions(pool));
    await delay(pollMs);
  }
};
