import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { AccessReader } from '@ims/platform/identity/access';
import { createExternalIdentities } from '@ims/platform/identity/external-identities';
import type { ExternalIssuer } from '@ims/platform/identity/external-issuers';
import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import type { Auth } from '../auth/auth.ts';
import type { Commands } from '../commands.ts';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import { createExternalCookie } from './external-cookie.ts';
import { createFindUser } from './find-user.ts';
import { createIssuerClient } from './issuer-client.ts';
import { createIdentityLinks } from './link-identity.ts';
import type { ExternalRouteOptions } from './routes.ts';

export type ExternalIdentityOptions = {
  readonly issuers: readonly ExternalIssuer[];
  /** Where people's browsers find IMS: issuers send them back there. */
  readonly publicUrl: string;
  readonly pool: pg.Pool;
  readonly masterKey: MasterKey;
  /** Not cached. */
  readonly accessReader: AccessReader;
  readonly inbox: SecurityInbox;
  readonly outbox: Outbox;
  readonly links: PublicLinks;
  readonly auth: Pick<Auth, 'startSession' | 'sessionOf'>;
  readonly commands: Pick<Commands, 'handle' | 'contexts'>;
};

/** Signing in by the issuers of the configuration; no issuer is asked before somebody wants to sign in by it. */
export const createExternalIdentity = (options: ExternalIdentityOptions): ExternalRouteOptions => {
  const { issuers, publicUrl, pool, masterKey, accessReader, inbox, outbox, links, auth, commands } = options;
  return {
    issuers,
    clients: new Map(issuers.map((issuer) => [issuer.name, createIssuerClient(issuer, callback(publicUrl, issuer))])),
    cookie: createExternalCookie(masterKey),
    findUser: createFindUser({
      identities: createExternalIdentities(pool),
      links: createIdentityLinks({ pool, masterKey, outbox, links, ...commands }),
      accessReader,
      inbox,
    }),
    startSession: auth.startSession,
    sessionOf: auth.sessionOf,
  };
};

/** What must be registered at the issuer as the address to come back to. */
const callback = (publicUrl: string, { name }: ExternalIssuer): string =>
  `${publicUrl.replace(/\/+$/, '')}/api/v1/auth/external/${name}/callback`;
