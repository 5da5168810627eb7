import type { DisplayNames } from '@ims/platform/identity/display-names';
import type pg from 'pg';
import type { Auth } from '../auth/auth.ts';
import { createOneAtATime, type OneAtATime } from '../command-handling/one-at-a-time.ts';
import { createReadState, type ReadState } from '../command-handling/read-state.ts';
import type { Commands } from '../commands.ts';
import { createSitesOfInvited, type SitesOfInvited } from '../invitations/sites-of-invited.ts';
import { createSpentInvitations, type SpentInvitations } from '../invitations/spent-invitations.ts';
import { createWithdrawInvitation, type WithdrawInvitation } from '../invitations/withdraw-invitation.ts';
import type { PublicLinks } from '../mail/links.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { MemberMails } from '../sites/add-member.ts';
import { createMemberMails } from '../sites/member-mails.ts';
import { createWithOtherAdministrators, type WithOtherAdministrators } from './administrators.ts';
import { createPeople, type People } from './people.ts';
import { createReadSignInFacts, type ReadSignInFacts } from './sign-in-facts.ts';

/** What the routes for sites, members, users and invitations share. */
export type Administration = {
  readonly readState: ReadState;
  readonly people: People;
  readonly oneAtATime: OneAtATime;
  readonly withOtherAdministrators: WithOtherAdministrators;
  readonly mails: MemberMails;
  readonly sitesOfInvited: SitesOfInvited;
  readonly spentInvitations: SpentInvitations;
  readonly withdrawInvitation: WithdrawInvitation;
  readonly readSignInFacts: ReadSignInFacts;
};

export const createAdministration = ({
  pool,
  commands,
  auth,
  names,
  links,
  outbox,
}: {
  readonly pool: pg.Pool;
  readonly commands: Pick<Commands, 'handle' | 'reservations'>;
  readonly auth: Pick<Auth, 'links'>;
  readonly names: DisplayNames;
  readonly links: PublicLinks;
  readonly outbox: Outbox;
}): Administration => {
  const readState = createReadState(commands.handle);
  const people = createPeople(readState);
  const oneAtATime = createOneAtATime(pool);
  const sitesOfInvited = createSitesOfInvited(pool);
  const { links: oneTimeLinks } = auth;
  const inviting = { people, oneAtATime, sitesOfInvited, links: oneTimeLinks };
  return {
    readState,
    people,
    oneAtATime,
    withOtherAdministrators: createWithOtherAdministrators({ oneAtATime, readState, people }),
    mails: createMemberMails({ pool, oneTimeLinks, links, outbox, names }),
    sitesOfInvited,
    spentInvitations: createSpentInvitations(pool),
    withdrawInvitation: createWithdrawInvitation({ ...commands, ...inviting }),
    readSignInFacts: createReadSignInFacts(pool),
  };
};
