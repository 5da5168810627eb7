import { createHash } from 'node:crypto';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import { nameKey } from '../command-handling/reservations.ts';

export type InvitationMail = { readonly commandId: string; readonly email: string; readonly inviterId: string };

/** Counts an invitation before it is made; a refusal when there were too many. A repeated command counts once. */
export type InvitationLimit = (mail: InvitationMail) => Promise<Refusal | undefined>;

const toOneAddress = 3;
const byOneInviter = 60;

const tooOften = refusal(
  'RATE_LIMITED',
  `This address was invited ${toOneAddress} times in the last hour; invite it again later`,
);
const tooMany = refusal(
  'RATE_LIMITED',
  `You sent ${byOneInviter} invitations in the last hour; go on with the next ones later`,
);

/** By address and not by person: an invitation that is withdrawn and made anew is for another person by then. */
export const createInvitationLimit =
  (pool: pg.Pool): InvitationLimit =>
  ({ commandId, email, inviterId }) =>
    inTransaction(pool, async (client) => {
      const addressHash = createHash('sha256').update(nameKey(email)).digest();
      // Always in this order, so that two of them never wait for each other.
      for (const key of [`invitations by ${inviterId}`, `invitations to ${addressHash.toString('base64url')}`]) {
        await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
      }
      await forgetOld(client);
      const { rows } = await client.query<{ counted: number; to_address: number; by_inviter: number }>(
        `select (count(*) filter (where command_id = $1))::int as counted,
                (count(*) filter (where address_hash = $2))::int as to_address,
                (count(*) filter (where inviter_id = $3))::int as by_inviter
         from write_side.invitation_mails
         where (command_id = $1 or address_hash = $2 or inviter_id = $3)
           and created_at > now() - interval '1 hour'`,
        [commandId, addressHash, inviterId],
      );
      const { counted = 0, to_address: sent = 0, by_inviter: made = 0 } = rows[0] ?? {};
      if (counted > 0) return undefined;
      if (sent >= toOneAddress) return tooOften;
      if (made >= byOneInviter) return tooMany;
      await client.query(
        `insert into write_side.invitation_mails (command_id, address_hash, inviter_id) values ($1, $2, $3)
         on conflict (command_id) do nothing`,
        [commandId, addressHash, inviterId],
      );
      return undefined;
    });

const forgetOld = async (client: pg.PoolClient): Promise<void> => {
  await client.query(
    `delete from write_side.invitation_mails where command_id in (
       select command_id from write_side.invitation_mails
       where created_at <= now() - interval '1 hour' limit 100 for update skip locked)`,
  );
};
