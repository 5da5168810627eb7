import { createHmac, hkdfSync } from 'node:crypto';
import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { UserEvent } from '@ims/contracts/users/events';
import { inTransaction } from '@ims/platform/database/transaction';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type pg from 'pg';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { HandleCommand } from '../command-handling/handle-command.ts';
import { createOneAtATime } from '../command-handling/one-at-a-time.ts';
import { nameKey } from '../command-handling/reservations.ts';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import { type User, userEvolution } from '../users/user.ts';

export type Identity = {
  readonly issuerName: string;
  /** As people know the issuer. */
  readonly issuerLabel: string;
  readonly issuer: string;
  readonly subject: string;
};

export type IdentityLinks = {
  /** The active person whose confirmed e-mail address this is and who is not linked to this issuer yet. */
  candidate(identity: Identity, email: string): Promise<string | undefined>;
  /** Links an identity to a user; answers whose it is then. Repeating it changes nothing; undefined where
   * the user is linked to another one of the issuer. Its owner is told by mail. */
  link(identity: Identity & { readonly email: string }, to: LinkTarget): Promise<string | undefined>;
};
export type LinkTarget = { readonly userId: string; readonly correlationId: string };

const deadlineMs = 10_000;
/** Nobody needs to hear it a week late. */
const tellingSeconds = 3 * 24 * 60 * 60;

export type IdentityLinkOptions = {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly handle: HandleCommand;
  readonly contexts: CommandContexts;
  readonly outbox: Outbox;
  readonly links: PublicLinks;
};

/**
 * The event comes first, under a command id that follows from the identity, then the row that opens the door: a crash
 * between them leaves nobody inside without a trace, and the next sign-in finds the event there and adds the row.
 * Of many who come with one address at once one goes on at a time, so only the one who is linked is in the log.
 */
export const createIdentityLinks = (options: IdentityLinkOptions): IdentityLinks => {
  const { pool, masterKey, handle, contexts } = options;
  const oneAtATime = createOneAtATime(pool);
  // The command's id stands in the log in clear and must not let anybody try out subjects.
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims external identity', 32));
  const keyOf = ({ issuer, subject }: Identity): string =>
    `external ${createHmac('sha256', key)
      .update(JSON.stringify([issuer, subject]))
      .digest('base64url')}`;
  const record = (identity: Identity & { readonly email: string }, { userId, correlationId }: LinkTarget) =>
    handle(
      {
        stream: userStream(userId),
        evolution: userEvolution,
        decide: (user) => linkIdentity(user, identity.issuerName, identity.email),
      },
      {
        ...contexts.identify(userId, keyOf(identity), [identity.issuerName]),
        correlationId,
        signal: AbortSignal.timeout(deadlineMs),
      },
    );
  return {
    candidate: (identity, email) => findCandidate(pool, identity, email),
    link: (identity, target) =>
      oneAtATime(`identity of ${target.userId} at ${identity.issuer}`, async () => {
        if (await hasAnother(pool, identity, target.userId)) return undefined;
        const outcome = await record(identity, target);
        return isRefusal(outcome)
          ? undefined
          : addRow(options, { identity, userId: target.userId, user: outcome.state });
      }),
  };
};

const hasAnother = async (pool: pg.Pool, { issuer, subject }: Identity, userId: string): Promise<boolean> => {
  const { rowCount } = await pool.query(
    'select from write_side.external_identities where issuer = $1 and user_id = $2 and subject <> $3',
    [issuer, userId, subject],
  );
  return rowCount !== 0;
};

type Link = { readonly identity: Identity; readonly userId: string; readonly user: User };

const addRow = ({ pool, outbox, links }: IdentityLinkOptions, { identity, userId, user }: Link) =>
  inTransaction(pool, async (client) => {
    const { linkedTo, isNew } = await insertRow(client, identity, userId);
    if (isNew && user.situation === 'active') {
      const { email: to, displayName, timezone } = user;
      const mail = { template: 'identity-linked' as const, to, displayName, timezone, issuer: identity.issuerLabel };
      const at = new Date().toISOString();
      await outbox.put({ ...mail, at, link: links.home }, { lifeSeconds: tellingSeconds, client });
    }
    return linkedTo;
  });

/** The reserved form of an address is coarser than the address: two that only look alike are not the same. */
const linkIdentity = (user: User, issuer: string, email: string): Decision<UserEvent> =>
  user.situation === 'active' && user.email.toLowerCase() === email.toLowerCase()
    ? [{ type: 'UserExternalIdentityLinked', data: { issuer } }]
    : refusal('RESOURCE_NOT_FOUND', 'There is no such user');

/** A second person of an issuer with the same address is not the first: addresses are given out again. */
const findCandidate = async (pool: pg.Pool, { issuer }: Identity, email: string): Promise<string | undefined> => {
  const { rows } = await pool.query<{ user_id: string }>(
    `select substr(r.stream, 6) as user_id from write_side.reservations r
     where r.kind = 'email' and r.key = $1 and r.state = 'confirmed' and r.stream like 'user-%'
       and not exists (select from write_side.external_identities i
                       where i.issuer = $2 and i.user_id::text = substr(r.stream, 6))`,
    [nameKey(email), issuer],
  );
  return rows[0]?.user_id;
};

const insertRow = async (
  client: pg.PoolClient,
  { issuer, subject }: Identity,
  userId: string,
): Promise<{ readonly linkedTo: string | undefined; readonly isNew: boolean }> => {
  const { rows } = await client.query<{ user_id: string; is_new: boolean }>(
    `with added as (
       insert into write_side.external_identities (issuer, subject, user_id) values ($1, $2, $3)
       on conflict do nothing
       returning user_id
     ), ended as (
       update write_side.one_time_links l set used_at = now()
       from added
       where l.user_id = added.user_id and l.kind = 'password-reset' and l.used_at is null
         and not exists (select from write_side.credentials c where c.user_id = l.user_id)
     )
     select user_id, true as is_new from added
     union all
     select user_id, false from write_side.external_identities where issuer = $1 and subject = $2
     limit 1`,
    [issuer, subject, userId],
  );
  return { linkedTo: rows[0]?.user_id, isNew: rows[0]?.is_new ?? false };
};
