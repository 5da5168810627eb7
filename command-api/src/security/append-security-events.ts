import { securityStream } from '@ims/contracts/ids';
import { inTransaction } from '@ims/platform/database/transaction';
import type { Codec } from '@ims/platform/event-log/codec';
import { derivedUuid } from '@ims/platform/event-log/derived-ids';
import type { Append, EventLog } from '@ims/platform/event-log/event-log';
import { isUnavailable } from '@ims/platform/http/unavailable';
import type { Logger } from '@ims/platform/observability/logger';
import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import type { Round } from '../background-work.ts';

export type SecurityDrain = {
  /** Moves the oldest reports to the log; many processes may do so at once. */
  round(): Promise<Round>;
};

export type SecurityDrainOptions = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly codec: Codec;
  readonly inbox: Pick<SecurityInbox, 'open'>;
  readonly logger: Logger;
  /** Told how many reports this process cannot bring into the log. */
  readonly leftAside?: ((count: number) => void) | undefined;
};

type Row = { readonly id: string; readonly sealed: string };
/** `never`: this process cannot bring it into the log. */
type Moved = 'done' | 'later' | 'never';

const batchSize = 100;
const answerMs = 10_000;

/**
 * From the inbox into the log. A row is deleted in the transaction that locks it, after its append; who takes over
 * from a process that died in between appends under the same command id, which the log answers with `repeated`.
 */
export const createSecurityDrain = (options: SecurityDrainOptions): SecurityDrain => {
  const { pool, log, logger, leftAside } = options;
  /** They stay in the table for a process that can read them, and are tried again after a restart. */
  const aside = new Set<string>();

  const failed = (row: Row, error: unknown): Moved => {
    if (isUnavailable(error)) return 'later';
    aside.add(row.id);
    leftAside?.(aside.size);
    logger.error({ err: error, operation: 'security events', id: row.id }, 'A security event is left aside');
    return 'never';
  };

  /** Sealed one after the other, so that the log gets them in the order in which they happened. */
  const moveAll = async (rows: readonly Row[]): Promise<readonly Moved[]> => {
    const moving: Promise<Moved>[] = [];
    for (const row of rows) {
      const append = await sealReport(options, row).catch((error: unknown) => failed(row, error));
      moving.push(
        typeof append === 'string'
          ? Promise.resolve(append)
          : log.append(append, { signal: AbortSignal.timeout(answerMs) }).then(
              // Another process made the day's key in the same moment; next time its key is found.
              ({ outcome }) => (outcome === 'conflict' ? 'later' : 'done'),
              (error: unknown) => failed(row, error),
            ),
      );
    }
    return Promise.all(moving);
  };

  return {
    round: () =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<Row>(
          `select id, sealed from security.inbox where id <> all ($1)
           order by created_at, id limit ${batchSize} for update skip locked`,
          [[...aside]],
        );
        const outcomes = await moveAll(rows);
        const done = rows.filter((_row, index) => outcomes[index] === 'done').map(({ id }) => id);
        if (done.length > 0) await client.query('delete from security.inbox where id = any ($1)', [done]);
        if (outcomes.includes('later')) return 'later';
        return rows.length === batchSize ? 'more' : 'idle';
      }),
  };
};

const sealReport = async (
  { codec, inbox }: Pick<SecurityDrainOptions, 'codec' | 'inbox'>,
  row: Row,
): Promise<Append> => {
  const { id, event, occurredAt, actorId, siteId, correlationId } = inbox.open(row);
  const stream = securityStream(occurredAt);
  const commandId = derivedUuid('security event', id);
  const site = siteId === undefined ? {} : { siteId };
  // The id says which request this is, as a hash of the content would.
  const metadata = { commandId, requestHash: id, occurredAt, actorId, ...site, correlationId, causationId: commandId };
  const sealed = await codec.sealAll({ stream, isNewStream: false, events: [event], metadata });
  return { stream, expectedRevision: 'any', commandId, ...sealed };
};
