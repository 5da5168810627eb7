import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { userStream } from '@ims/contracts/ids';
import type { PasswordResetSent } from '@ims/contracts/security/events';
import { unstorableText } from '@ims/contracts/text';
import { inTransaction } from '@ims/platform/database/transaction';
import { nobody, type SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import type { z } from 'zod';
import { nameKey } from '../command-handling/reservations.ts';
import type { Asker } from './asker.ts';
import type { Credentials } from './credentials.ts';
import { hasIssuerAlone, noLinkBesideIssuer } from './issuer-alone.ts';
import { holdLinks } from './one-time-links.ts';
import type { PasswordMails } from './password-mails.ts';
import type { People, Person } from './people.ts';

/** Each link that leaves is recorded. */
export type ForgottenPasswords = {
  /** Mails a link to whoever has this e-mail, if anybody; at most three in an hour. */
  askedBy(email: string, correlationId: string): Promise<void>;
  /** Mails a link, however many there were. `person` where the caller knows more than the read tables do yet. */
  send(userId: string, asker: Asker, person?: Person): Promise<Refusal | undefined>;
  /** A link to be handed on without a mail; the whole address. */
  handOut(userId: string, asker: Asker): Promise<string | Refusal>;
};

export type ForgottenPasswordOptions = {
  readonly pool: pg.Pool;
  readonly credentials: Credentials;
  readonly people: People;
  readonly mails: PasswordMails;
  readonly inbox: SecurityInbox;
};

type By = z.infer<typeof PasswordResetSent>['by'];
type Request = Asker & { readonly by: By; readonly mayGo?: (client: pg.PoolClient) => Promise<boolean> };

const mailsAnHour = 3;
const noMail = refusal(
  'CONFLICT',
  'No link can be sent to this person: deactivated, or invited and not registered yet',
);

const addressChanges = refusal(
  'PROJECTION_LAGGING',
  'The e-mail address of this person is just being changed; try again in a moment',
);

export const createForgottenPasswords = (options: ForgottenPasswordOptions): ForgottenPasswords => {
  const { pool, mails } = options;
  return {
    askedBy: async (email, correlationId) => {
      const userId = await userWithEmail(pool, email);
      if (userId === undefined) return;
      const mayGo = (client: pg.PoolClient) => isRare(client, userId);
      await send(options, userId, undefined, { by: 'owner', actorId: nobody, correlationId, mayGo });
    },
    send: (userId, asker, person) => send(options, userId, person, { by: 'administrator', ...asker }),
    handOut: async (userId, asker) => {
      if (await hasIssuerAlone(pool, userId)) return noLinkBesideIssuer;
      return inTransaction(pool, async (client) => {
        await record(options, client, userId, { by: 'administrator', ...asker });
        return mails.handOut(userId, client);
      });
    },
  };
};

const send = async (
  options: ForgottenPasswordOptions,
  userId: string,
  known: Person | undefined,
  request: Request,
): Promise<Refusal | undefined> => {
  const { pool, credentials, people, mails } = options;
  const [person, found, hasNoOtherWay] = await Promise.all([
    known ?? people.read(userId),
    credentials.ofUser(userId),
    hasIssuerAlone(pool, userId),
  ]);
  if (!person?.active) return noMail;
  if (hasNoOtherWay) return noLinkBesideIssuer;
  return inTransaction(pool, async (client) => {
    await holdLinks(client, 'password-reset', userId);
    if (!(await isStillTheirs(client, userId, person.email))) return addressChanges;
    if (request.mayGo && !(await request.mayGo(client))) return noMail;
    await mails.link({ userId, person, hasPassword: found !== undefined }, client);
    await record(options, client, userId, request);
    return undefined;
  });
};

const record = (
  { inbox }: ForgottenPasswordOptions,
  client: pg.PoolClient,
  userId: string,
  { by, actorId, correlationId }: Request,
): Promise<void> =>
  inbox.record({ event: { type: 'PasswordResetSent', data: { userId, by } }, actorId, correlationId }, client);

/**
 * The read tables may be behind and name an address that the person has given up. Whoever changes it ends the open
 * links after this table knows: a link is mailed before that and ends, or is not mailed.
 */
const isStillTheirs = async (client: pg.PoolClient, userId: string, email: string): Promise<boolean> => {
  const { rowCount } = await client.query(
    `select from write_side.reservations where kind = 'email' and key = $1 and stream = $2 and state = 'confirmed'`,
    [nameKey(email), userStream(userId)],
  );
  return rowCount === 1;
};

const userWithEmail = async (pool: pg.Pool, email: string): Promise<string | undefined> => {
  const { rows } = await pool.query<{ user_id: string }>(
    `select right(stream, 36) as user_id from write_side.reservations
     where kind = 'email' and key = $1 and state = 'confirmed'`,
    [unstorableText(email) ? '' : nameKey(email)],
  );
  return rows[0]?.user_id;
};

/** Whether the user was mailed less than the hour's share; give a client that holds the user's links. */
const isRare = async (client: pg.PoolClient, userId: string): Promise<boolean> => {
  const { rows } = await client.query<{ recent: number }>(
    `select count(*)::int as recent from write_side.one_time_links
     where user_id = $1 and kind = 'password-reset' and created_at > now() - interval '1 hour'`,
    [userId],
  );
  return (rows[0]?.recent ?? 0) < mailsAnHour;
};
