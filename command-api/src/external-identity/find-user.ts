import type { SignInFailed } from '@ims/contracts/security/events';
import type { AccessReader } from '@ims/platform/identity/access';
import type { ExternalIdentities } from '@ims/platform/identity/external-identities';
import type { ExternalIssuer } from '@ims/platform/identity/external-issuers';
import { nobody, type SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { originOf } from '../auth/request-origin.ts';
import type { ExternalPerson } from './issuer-client.ts';
import type { Identity, IdentityLinks } from './link-identity.ts';

export type FindUser = (
  issuer: ExternalIssuer,
  person: ExternalPerson,
  request: FastifyRequest,
) => Promise<string | undefined>;

type Reason = z.infer<typeof SignInFailed>['reason'];
type Found = { readonly userId: string } | { readonly userId: string | null; readonly reason: Reason };

/** Who somebody is here whom an issuer confirmed: linked before, or now by a verified e-mail address; each refusal is recorded. */
export const createFindUser = ({
  identities,
  links,
  accessReader,
  inbox,
}: {
  readonly identities: ExternalIdentities;
  readonly links: IdentityLinks;
  /** Not cached. */
  readonly accessReader: AccessReader;
  readonly inbox: SecurityInbox;
}): FindUser => {
  const isActive = async (userId: string): Promise<boolean> => (await accessReader.read(userId, undefined)).active;

  const linkNow = async (issuer: ExternalIssuer, person: ExternalPerson, correlationId: string): Promise<Found> => {
    const identity = identityOf(issuer, person);
    const email = person.verifiedEmail;
    if (!issuer.linkVerifiedEmail || email === undefined) return { userId: null, reason: 'not-linked' };
    const candidate = await links.candidate(identity, email);
    if (candidate === undefined) return { userId: null, reason: 'not-linked' };
    if (!(await isActive(candidate))) return { userId: candidate, reason: 'inactive' };
    const userId = await links.link({ ...identity, email }, { userId: candidate, correlationId });
    return userId === undefined ? { userId: candidate, reason: 'not-linked' } : { userId };
  };

  return async (issuer, person, request) => {
    const known = await identities.userOf(issuer.issuer, person.subject);
    const found: Found = known ? { userId: known } : await linkNow(issuer, person, request.id);
    if (!('reason' in found) && (await isActive(found.userId))) return found.userId;
    const reason = 'reason' in found ? found.reason : 'inactive';
    await inbox.record(failure({ issuer, person, request, userId: found.userId, reason }));
    return undefined;
  };
};

const identityOf = ({ name, label, issuer }: ExternalIssuer, { subject }: ExternalPerson): Identity => ({
  issuerName: name,
  issuerLabel: label,
  issuer,
  subject,
});

/** Names the subject, sealed: whoever links it by hand needs it. */
const failure = ({
  issuer,
  person,
  request,
  userId,
  reason,
}: {
  readonly issuer: ExternalIssuer;
  readonly person: ExternalPerson;
  readonly request: FastifyRequest;
  readonly userId: string | null;
  readonly reason: Reason;
}) => {
  const { correlationId, ...origin } = originOf(request);
  return {
    event: {
      type: 'SignInFailed' as const,
      data: {
        userId,
        method: 'external' as const,
        reason,
        name: `${issuer.name} ${person.subject}`.slice(0, 200),
        ...origin,
      },
    },
    actorId: nobody,
    correlationId,
  };
};
