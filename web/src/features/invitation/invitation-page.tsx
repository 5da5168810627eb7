import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { ApiError } from '#api/api-error.ts';
import { type Invitation, invitation } from '#api/invitations.ts';
import { useLinkToken } from '#features/passwords/link-token.ts';
import { EntryPage } from '#features/sign-in/entry-page.tsx';
import { ButtonLink } from '#ui/button.tsx';
import { ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { paths } from '../../paths.ts';
import { InvitationForm } from './invitation-form.tsx';

const listWords = new Intl.ListFormat('en', { type: 'conjunction' });

const leadOf = ({ email, sites }: Invitation) => (
  <>
    An account for <strong>{email}</strong>
    {sites.length > 0 && <> on {listWords.format(sites.map(({ name }) => name))}</>}.
  </>
);

const Gone = () => (
  <EntryPage
    title="This invitation does not work any more"
    lead="An invitation works once, for seven days. Ask whoever invited you to send another one."
  >
    <ButtonLink to={paths.signIn()}>Sign in</ButtonLink>
  </EntryPage>
);

const HasAccount = () => (
  <EntryPage title="Your account exists" lead="This invitation was accepted. Sign in with the username you chose.">
    <ButtonLink kind="primary" to={paths.signIn()}>
      Sign in
    </ButtonLink>
  </EntryPage>
);

const Opened = ({ token }: { readonly token: string }) => {
  const { data, error, isPending, refetch } = useQuery(invitation(token));
  const navigate = useNavigate();
  const isLate = useLongerThan(isPending);
  if (error instanceof ApiError && error.status === 409) return <HasAccount />;
  if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) return <Gone />;
  if (error) return <ErrorState title="The invitation could not be read" error={error} retry={() => void refetch()} />;
  if (!data) return isLate ? <EntryPage title="Welcome" lead="Reading the invitation." /> : null;
  const [site] = data.sites;
  const home = site && data.sites.length === 1 ? paths.finder(site.id) : paths.home;
  return (
    <EntryPage title="Welcome" lead={leadOf(data)}>
      <InvitationForm token={token} email={data.email} done={() => void navigate(home, { replace: true })} />
      <Link to={paths.signIn()}>Sign in with an account you have</Link>
    </EntryPage>
  );
};

/** The link of an invitation leads here: to say who one is, and on to the site that waits. */
export const InvitationPage = () => {
  const token = useLinkToken();
  return token ? <Opened key={token} token={token} /> : <Gone />;
};
