import { inTransaction } from '@ims/platform/database/transaction';
import { type DisplayNames, unknownPerson } from '@ims/platform/identity/display-names';
import type pg from 'pg';
import type { OneTimeLinks } from '../auth/one-time-links.ts';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { MemberMails } from './add-member.ts';
import { createInvitationLimit } from './invitation-limit.ts';

export type MemberMailOptions = {
  readonly pool: pg.Pool;
  readonly oneTimeLinks: OneTimeLinks;
  readonly links: PublicLinks;
  readonly outbox: Outbox;
  readonly names: DisplayNames;
};

const invitationSeconds = 7 * 24 * 60 * 60;
/** Nobody needs to hear a week late that they may enter a site. */
const tellingSeconds = 3 * 24 * 60 * 60;

/** Mails to people who were given a role on a site. A link and its mail become durable together. */
export const createMemberMails = ({ pool, oneTimeLinks, links, outbox, names }: MemberMailOptions): MemberMails => ({
  mayInvite: createInvitationLimit(pool),
  hasInvitation: async (userId) => {
    const { rowCount } = await pool.query(
      `select from write_side.one_time_links
       where user_id = $1 and kind = 'invitation' and used_at is null and expires_at > now() limit 1`,
      [userId],
    );
    return rowCount === 1;
  },
  invite: async ({ userId, email }, { site, actorId }) => {
    const inviter = (await names.read([actorId])).get(actorId) ?? unknownPerson;
    await inTransaction(pool, async (client) => {
      const token = await oneTimeLinks.create({ kind: 'invitation', userId, lifeSeconds: invitationSeconds }, client);
      const expiresAt = new Date(Date.now() + invitationSeconds * 1_000).toISOString();
      const timezone = site.settings.defaultTimezone;
      const addressed = { to: email, displayName: email, timezone };
      await outbox.put(
        {
          template: 'invitation',
          ...addressed,
          siteName: site.name,
          inviter,
          link: links.invitation(token),
          expiresAt,
        },
        { lifeSeconds: invitationSeconds, client },
      );
    });
  },
  tellAdded: async ({ email, displayName, timezone }, role, { site }) => {
    await outbox.put(
      { template: 'added-to-site', to: email, displayName, timezone, siteName: site.name, role, link: links.home },
      { lifeSeconds: tellingSeconds },
    );
  },
});
