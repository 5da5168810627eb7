import { hkdfSync, randomUUID } from 'node:crypto';
import { afterCommit } from '@ims/platform/database/transaction';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import { openText, type Place, sealText } from '@ims/platform/event-log/sealed-content';
import type pg from 'pg';

type Addressed = { readonly to: string; readonly displayName: string; readonly timezone: string };

/** Every mail there is, with what its template needs. Instants are ISO 8601, UTC; links are whole addresses. */
export type Mail =
  | (Addressed & { readonly template: 'password-reset'; readonly link: string; readonly expiresAt: string })
  | (Addressed & {
      readonly template: 'welcome';
      readonly username: string;
      readonly link: string;
      readonly expiresAt: string;
    })
  | (Addressed & {
      readonly template: 'invitation';
      readonly siteName: string;
      readonly inviter: string;
      readonly link: string;
      readonly expiresAt: string;
    })
  | (Addressed & {
      readonly template: 'added-to-site';
      readonly siteName: string;
      readonly role: string;
      readonly link: string;
    })
  | (Addressed & { readonly template: 'account-locked'; readonly until: string; readonly link: string })
  | (Addressed & { readonly template: 'password-changed'; readonly at: string; readonly link: string })
  /** To the address before; the new one is not named there. */
  | (Addressed & { readonly template: 'email-changed'; readonly at: string; readonly link: string })
  /** `issuer`: the words on its button. */
  | (Addressed & {
      readonly template: 'identity-linked';
      readonly issuer: string;
      readonly at: string;
      readonly link: string;
    });

export type WaitingMail = { readonly id: string; readonly mail: Mail };

export type Outbox = {
  /** Durable when it resolves, or with the transaction of `client`; it is not sent any more after `lifeSeconds`. */
  put(mail: Mail, options: { readonly lifeSeconds: number; readonly client?: pg.PoolClient }): Promise<void>;
  /** What a row says. Throws when the master key is another one. */
  open(row: { readonly id: string; readonly sealed: string }): WaitingMail;
};

const place = (id: string): Place => ({ stream: 'write_side.outbox', type: 'mail', eventId: id });

/**
 * Mails hold addresses and links that open accounts, so they wait sealed, under a key that follows from the master key.
 * `written` is called when one is durable: after the commit where it belongs to a transaction.
 */
export const createOutbox = ({
  pool,
  masterKey,
  written,
}: {
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  readonly written?: (() => void) | undefined;
}): Outbox => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims outbox', 32));
  return {
    put: async (mail, { lifeSeconds, client }) => {
      const id = randomUUID();
      await (client ?? pool).query(
        `insert into write_side.outbox (id, template, sealed, expires_at)
         values ($1, $2, $3, now() + make_interval(secs => $4))`,
        [id, mail.template, sealText(JSON.stringify(mail), key, place(id)), lifeSeconds],
      );
      if (!written) return;
      if (client) afterCommit(client, written);
      else written();
    },
    open: ({ id, sealed }) => ({ id, mail: JSON.parse(openText(sealed, key, place(id))) }),
  };
};
