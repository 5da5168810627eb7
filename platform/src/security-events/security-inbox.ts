import { hkdfSync, randomUUID } from 'node:crypto';
import type { SecurityEvent } from '@ims/contracts/security/events';
import type pg from 'pg';
import { afterCommit } from '../database/transaction.ts';
import type { MasterKey } from '../event-log/master-key.ts';
import { openText, type Place, sealText } from '../event-log/sealed-content.ts';

/** Actor of what nobody signed in did. */
export const nobody = '00000000-0000-0000-0000-000000000000';

/** A security event with what its metadata needs. `occurredAt` is ISO 8601, UTC; default now. */
export type SecurityReport = {
  readonly event: SecurityEvent;
  readonly actorId: string;
  readonly siteId?: string | undefined;
  readonly correlationId: string;
  readonly occurredAt?: string;
};

export type WaitingReport = SecurityReport & { readonly id: string; readonly occurredAt: string };

export type SecurityInbox = {
  /** Durable when it resolves, or with the transaction of `client`; the command API appends it to the log from there. */
  record(report: SecurityReport, client?: pg.PoolClient): Promise<void>;
  /** What a row says. Throws when the master key is another one. */
  open(row: { readonly id: string; readonly sealed: string }): WaitingReport;
};

const place = (id: string): Place => ({ stream: 'security.inbox', type: 'report', eventId: id });

/** What callers write themselves, with the longest that the events take. */
const longest = { ip: 64, userAgent: 512, name: 200 } as const;

/** A header or name that is too long must not keep its event out of the log. */
const clipped = <Event extends SecurityEvent>(event: Event): Event => {
  const cut = Object.entries(event.data).map(([field, value]) => {
    const most = field in longest ? longest[field as keyof typeof longest] : undefined;
    return [field, typeof value === 'string' && most !== undefined ? value.slice(0, most) : value];
  });
  return { ...event, data: Object.fromEntries(cut) };
};

/**
 * Reports hold addresses and typed names, so they wait sealed, under a key that follows from the master key.
 * `recorded` is called when one is durable: after the commit where it belongs to a transaction.
 */
export const createSecurityInbox = ({
  pool,
  masterKey,
  recorded,
}: {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly recorded?: (() => void) | undefined;
}): SecurityInbox => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims security inbox', 32));
  return {
    record: async (report, client) => {
      const id = randomUUID();
      const now = new Date().toISOString();
      const correlationId = report.correlationId.slice(0, 128);
      const text = JSON.stringify({ occurredAt: now, ...report, correlationId, event: clipped(report.event) });
      await (client ?? pool).query('insert into security.inbox (id, sealed) values ($1, $2)', [
        id,
        sealText(text, key, place(id)),
      ]);
      if (!recorded) return;
      if (client) afterCommit(client, recorded);
      else recorded();
    },
    open: ({ id, sealed }) => ({ ...JSON.parse(openText(sealed, key, place(id))), id }),
  };
};
