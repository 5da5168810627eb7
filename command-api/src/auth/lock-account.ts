import { nobody, type SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { Person } from './people.ts';

const mailLifeSeconds = 86_400;
const nobodyAtAll: Person = {
  username: 'nobody',
  email: 'nobody@example.invalid',
  displayName: 'Nobody at all',
  timezone: 'Europe/Brussels',
  active: false,
};

export type Lock = {
  readonly userId: string;
  readonly until: Date;
  readonly failures: number;
  readonly correlationId: string;
  /** False for a name that nobody has and for somebody who cannot sign in anyway: nothing is kept of it. */
  readonly isReal: boolean;
  readonly owner: Person | undefined;
};

/** Records a lock and tells the owner, in the transaction that locked. */
export type RecordLock = (client: pg.PoolClient, lock: Lock) => Promise<void>;

export const createRecordLock =
  ({
    inbox,
    outbox,
    links,
  }: {
    readonly inbox: SecurityInbox;
    readonly outbox: Outbox;
    readonly links: PublicLinks;
  }): RecordLock =>
  async (client, { userId, until, failures, correlationId, isReal, owner }) => {
    const { email: to, displayName, timezone } = isReal && owner ? owner : nobodyAtAll;
    const instant = until.toISOString();
    await client.query('savepoint account_lock');
    await inbox.record(
      { event: { type: 'AccountLocked', data: { userId, until: instant, failures } }, actorId: nobody, correlationId },
      client,
    );
    const link = `${links.home}forgot-password`;
    if (owner || !isReal) {
      await outbox.put(
        { template: 'account-locked', to, displayName, timezone, until: instant, link },
        { lifeSeconds: mailLifeSeconds, client },
      );
    }
    // The fifth failure on a name that nobody has takes as long as on any other, and leaves nothing.
    await client.query(isReal ? 'release savepoint account_lock' : 'rollback to savepoint account_lock');
  };
