import type pg from 'pg';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { OneTimeLinks } from './one-time-links.ts';
import type { Person } from './people.ts';

const resetSeconds = 3_600;
const welcomeSeconds = 7 * 86_400;
const noticeSeconds = 86_400;

export type LinkFor = { readonly userId: string; readonly person: Person; readonly hasPassword: boolean };

/** Puts mails about passwords into the outbox, in the transaction of `client`. */
export type PasswordMails = {
  /** A link to choose a new password, or the first one. */
  link(link: LinkFor, client: pg.PoolClient): Promise<void>;
  passwordChanged(person: Person, client: pg.PoolClient): Promise<void>;
};

export const createPasswordMails = ({
  oneTimeLinks,
  outbox,
  links,
}: {
  readonly oneTimeLinks: OneTimeLinks;
  readonly outbox: Outbox;
  readonly links: PublicLinks;
}): PasswordMails => ({
  link: async ({ userId, person, hasPassword }, client) => {
    const { email: to, displayName, timezone, username } = person;
    const lifeSeconds = hasPassword ? resetSeconds : welcomeSeconds;
    const link = links.resetPassword(
      await oneTimeLinks.create({ kind: 'password-reset', userId, lifeSeconds }, client),
    );
    const expiresAt = new Date(Date.now() + lifeSeconds * 1_000).toISOString();
    const common = { to, displayName, timezone, link, expiresAt };
    await outbox.put(
      hasPassword ? { template: 'password-reset', ...common } : { template: 'welcome', ...common, username },
      { lifeSeconds, client },
    );
  },
  passwordChanged: async ({ email: to, displayName, timezone }, client) => {
    await outbox.put(
      {
        template: 'password-changed',
        to,
        displayName,
        timezone,
        at: new Date().toISOString(),
        link: `${links.home}forgot-password`,
      },
      { lifeSeconds: noticeSeconds, client },
    );
  },
});
