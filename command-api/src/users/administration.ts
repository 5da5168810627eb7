import type { DisplayNames } from '@ims/platform/identity/display-names';
import type pg from 'pg';
import type { Auth } from '../auth/auth.ts';
import { createOneAtATime, type OneAtATime } from '../command-handling/one-at-a-time.ts';
import { createReadState, type ReadState } from '../command-handling/read-state.ts';
import type { Commands } from '../commands.ts';
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
  readonly commands: Pick<Commands, 'handle'>;
  readonly auth: Pick<Auth, 'links'>;
  readonly names: DisplayNames;
  readonly links: PublicLinks;
  readonly outbox: Outbox;
}): Administration => {
  const readState = createReadState(commands.handle);
  const people = createPeople(readState);
  const oneAtATime = createOneAtATime(pool);
  return {
    readState,
    people,
    oneAtATime,
    withOtherAdministrators: createWithOtherAdministrators({ oneAtATime, readState, people }),
    mails: createMemberMails({ pool, oneTimeLinks: auth.links, links, outbox, names }),
    readSignInFacts: createReadSignInFacts(pool),
  };
};
