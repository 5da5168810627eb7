import { hkdfSync, randomUUID } from 'node:crypto';
import type { SecurityEvent } from '@ims/contracts/security/events';
import type pg from 'pg';
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

/** Reports hold addresses and typed names, so they wait sealed, under a key that follows from the master key. */
export const createSecurityInbox = ({
  pool,
  masterKey,
}: {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
}): SecurityInbox => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims security inbox', 32));
  return {
    record: async (report, client) => {
      const id = randomUUID();
      const text = JSON.stringify({ occurredAt: new Date().toISOString(), ...report });
      await (client ?? pool).query('insert into security.inbox (id, sealed) values ($1, $2)', [
        id,
        sealText(text, key, place(id)),
      ]);
    },
    open: ({ id, sealed }) => ({ ...JSON.parse(openText(sealed, key, place(id))), id }),
  };
};
