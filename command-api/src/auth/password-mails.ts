import type pg from 'pg';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { OneTimeLinks } from './one-time-links.ts';
import type { Person } from './people.ts';

const resetSeconds = 3_600;
const welcomeSeconds = 7 * 86_400;
const noticeSeconds = 86_400;

export type LinkFor = { readonly userId: string; readonly person: Person; readonly hasPassword: boolean };

export type Addressee = Pick<Person, 'email' | 'displayName' | 'timezone'>;

/** Puts mails about passwords into the outbox, in the transaction of `client`. */
export type PasswordMails = {
  /** A link to choose a new password, or the first one. */
  link(link: LinkFor, client: pg.PoolClient): Promise<void>;
  /** The address of such a link, for a reset, without a mail. */
  handOut(userId: string, client: pg.PoolClient): Promise<string>;
  passwordChanged(person: Addressee, client: pg.PoolClient): Promise<void>;
  /** To the address before. */
  emailChanged(before: Addressee, client: pg.PoolClient): Promise<void>;
};

export const createPasswordMails = ({
  oneTimeLinks,
  outbox,
  links,
}: {
  readonly oneTimeLinks: OneTimeLinks;
  readonly outbox: Outbox;
  readonly links: PublicLinks;
}): PasswordMails => {
  const newLink = async (userId: string, lifeSeconds: number, client: pg.PoolClient): Promise<string> =>
    links.resetPassword(await oneTimeLinks.create({ kind: 'password-reset', userId, lifeSeconds }, client));
  const notice = (
    template: 'password-changed' | 'email-changed',
    { email: to, displayName, timezone }: Addressee,
    link: string,
    client: pg.PoolClient,
  ): Promise<void> => {
    const at = new Date().toISOString();
    return outbox.put({ template, to, displayName, timezone, at, link }, { lifeSeconds: noticeSeconds, client });
  };
  return {
    link: async ({ userId, person, hasPassword }, client) => {
      const { email: to, displayName, timezone, username } = person;
      const lifeSeconds = hasPassword ? resetSeconds : welcomeSeconds;
      const link = await newLink(userId, lifeSeconds, client);
      const expiresAt = new Date(Date.now() + lifeSeconds * 1_000).toISOString();
      const common = { to, displayName, timezone, link, expiresAt };
      await outbox.put(
        hasPassword ? { template: 'password-reset', ...common } : { template: 'welcome', ...common, username },
        { lifeSeconds, client },
      );
    },
    handOut: (userId, client) => newLink(userId, resetSeconds, client),
    passwordChanged: (person, client) => notice('password-changed', person, `${links.home}forgot-password`, client),
    emailChanged: (before, client) => notice('email-changed', before, links.home, client),
  };
};
