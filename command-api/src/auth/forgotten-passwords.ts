import { unstorableText } from '@ims/contracts/text';
import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import { nameKey } from '../command-handling/reservations.ts';
import type { Credentials } from './credentials.ts';
import type { PasswordMails } from './password-mails.ts';
import type { People, Person } from './people.ts';

export type ForgottenPasswords = {
  /** Mails a link to whoever has this e-mail, if anybody; at most three in an hour. */
  askedBy(email: string): Promise<void>;
  /** Mails a link, however many there were. `person` where the caller knows more than the read tables do yet. */
  send(userId: string, person?: Person): Promise<boolean>;
};

const mailsAnHour = 3;

export const createForgottenPasswords = ({
  pool,
  credentials,
  people,
  mails,
}: {
  readonly pool: pg.Pool;
  readonly credentials: Credentials;
  readonly people: People;
  readonly mails: PasswordMails;
}): ForgottenPasswords => {
  const send = async (
    userId: string,
    known: Person | undefined,
    mayGo: (client: pg.PoolClient) => Promise<boolean>,
  ): Promise<boolean> => {
    const [person, found] = await Promise.all([known ?? people.read(userId), credentials.ofUser(userId)]);
    if (!person?.active) return false;
    return inTransaction(pool, async (client) => {
      if (!(await mayGo(client))) return false;
      await mails.link({ userId, person, hasPassword: found !== undefined }, client);
      return true;
    });
  };
  return {
    askedBy: async (email) => {
      const userId = await userWithEmail(pool, email);
      if (userId !== undefined) await send(userId, undefined, (client) => isRare(client, userId));
    },
    send: (userId, person) => send(userId, person, () => Promise.resolve(true)),
  };
};

const userWithEmail = async (pool: pg.Pool, email: string): Promise<string | undefined> => {
  const { rows } = await pool.query<{ user_id: string }>(
    `select right(stream, 36) as user_id from write_side.reservations
     where kind = 'email' and key = $1 and state = 'confirmed'`,
    [unstorableText(email) ? '' : nameKey(email)],
  );
  return rows[0]?.user_id;
};

/** Whether the user was mailed less than the hour's share; others who ask for the same user wait until it is settled. */
const isRare = async (client: pg.PoolClient, userId: string): Promise<boolean> => {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`password link ${userId}`]);
  const { rows } = await client.query<{ recent: number }>(
    `select count(*)::int as recent from write_side.one_time_links
     where user_id = $1 and kind = 'password-reset' and created_at > now() - interval '1 hour'`,
    [userId],
  );
  return (rows[0]?.recent ?? 0) < mailsAnHour;
};
