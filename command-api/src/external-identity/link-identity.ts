import { createHmac, hkdfSync } from 'node:crypto';
import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { UserEvent } from '@ims/contracts/users/events';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type pg from 'pg';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { HandleCommand } from '../command-handling/handle-command.ts';
import { nameKey } from '../command-handling/reservations.ts';
import { type User, userEvolution } from '../users/user.ts';

export type Identity = { readonly issuerName: string; readonly issuer: string; readonly subject: string };

export type IdentityLinks = {
  /** The active person whose confirmed e-mail address this is and who is not linked to this issuer yet. */
  candidate(identity: Identity, email: string): Promise<string | undefined>;
  /** Links an identity to a user; answers whose it is then. Repeating it changes nothing. */
  link(identity: Identity & { readonly email: string }, to: LinkTarget): Promise<string | undefined>;
};
export type LinkTarget = { readonly userId: string; readonly correlationId: string };

const deadlineMs = 10_000;

/**
 * The event comes first, under a command id that follows from the identity, then the row that opens the door: a crash
 * between them leaves nobody inside without a trace, and the next sign-in finds the event there and adds the row.
 */
export const createIdentityLinks = ({
  pool,
  masterKey,
  handle,
  contexts,
}: {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly handle: HandleCommand;
  readonly contexts: CommandContexts;
}): IdentityLinks => {
  // The command's id stands in the log in clear and must not let anybody try out subjects.
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims external identity', 32));
  const keyOf = ({ issuer, subject }: Identity): string =>
    `external ${createHmac('sha256', key)
      .update(JSON.stringify([issuer, subject]))
      .digest('base64url')}`;
  return {
    candidate: (identity, email) => findCandidate(pool, identity, email),
    link: async (identity, { userId, correlationId }) => {
      const { issuerName, email } = identity;
      const outcome = await handle(
        {
          stream: userStream(userId),
          evolution: userEvolution,
          decide: (user) => linkIdentity(user, issuerName, email),
        },
        {
          ...contexts.identify(userId, keyOf(identity), [issuerName]),
          correlationId,
          signal: AbortSignal.timeout(deadlineMs),
        },
      );
      return isRefusal(outcome) ? undefined : insertRow(pool, identity, userId);
    },
  };
};

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

const insertRow = async (pool: pg.Pool, { issuer, subject }: Identity, userId: string): Promise<string | undefined> => {
  const { rows } = await pool.query<{ user_id: string }>(
    `with added as (
       insert into write_side.external_identities (issuer, subject, user_id) values ($1, $2, $3)
       on conflict (issuer, subject) do nothing
       returning user_id
     )
     select user_id from added
     union all
     select user_id from write_side.external_identities where issuer = $1 and subject = $2
     limit 1`,
    [issuer, subject, userId],
  );
  return rows[0]?.user_id;
};
