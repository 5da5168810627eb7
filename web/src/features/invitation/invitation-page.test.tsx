import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { session } from '../../api/browser-session.ts';
import { givenPerson } from '../../testing/given.ts';
import { givenPolicy, givenRefusal } from '../../testing/given-passwords.ts';
import { renderAt } from '../../testing/render-at.tsx';
import { givenServer } from '../../testing/render-in-site.tsx';
import { InvitationPage } from './invitation-page.tsx';
import { suggestUsername } from './suggest-username.ts';

const token = 'b'.repeat(43);
const checked = {
  body: {
    email: 'N.Lind+ims@example.org',
    sites: [{ id: 'one', name: 'Brussels' }],
    expiresAt: '2026-12-01T00:00:00.000Z',
  },
};
const welcomed = {
  body: {
    token: 't',
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    user: givenPerson,
    passwordExpired: false,
  },
};
type Answer = { readonly status?: number; readonly body: unknown };

const openPage = (check: Answer = checked, accept: Answer = { status: 201, body: { success: true } }) => {
  const server = givenServer(({ path }) => {
    if (path.endsWith('/password-policy')) return { body: { policy: givenPolicy } };
    if (path.endsWith('/invitation/check')) return check;
    if (path.endsWith('/auth/login')) return welcomed;
    return path.endsWith('/invitation/accept') ? accept : undefined;
  });
  session.end();
  return {
    ...server,
    ...renderAt(`/invitation#token=${token}`, [{ path: '/invitation', element: <InvitationPage /> }]),
  };
};
const fill = async (): Promise<void> => {
  await userEvent.type(await screen.findByLabelText('Your name'), 'Nora Lind');
  await userEvent.type(screen.getByLabelText('Password'), 'Better-2026!');
  await userEvent.click(screen.getByRole('button', { name: 'Accept invitation' }));
};

describe('somebody who was invited', () => {
  it('sees for whom and for which site, says who they are, and stands on the site', async () => {
    const { openAddress, commands } = openPage();
    await screen.findByText('N.Lind+ims@example.org');
    screen.getByText(/on Brussels\./);
    expect(openAddress()).toBe('/invitation');
    await fill();
    await waitFor(() => expect(openAddress()).toBe('/s/one'));
    expect(commands[1]?.body).toEqual({
      token,
      username: 'n.lind',
      displayName: 'Nora Lind',
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      password: 'Better-2026!',
    });
    expect(session.current()?.user).toEqual(givenPerson);
  });

  it('is told beside the username that somebody has it', async () => {
    const taken = givenRefusal(409, 'CONFLICT', 'Taken', [{ field: 'username', message: 'Username is taken' }]);
    openPage(checked, taken);
    await fill();
    await screen.findByText('Username is taken');
    expect(document.activeElement).toBe(screen.getByLabelText('Username'));
  });

  it('is led to sign in when the account exists, found out on opening the link or on sending the form', async () => {
    const exists = givenRefusal(409, 'CONFLICT', 'Your account exists; sign in');
    openPage(exists);
    await screen.findByRole('heading', { name: 'Your account exists' });
    expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/sign-in');
    cleanup();
    openPage(checked, exists);
    await fill();
    expect((await screen.findByRole('alert')).textContent).toBe('Your account exists; sign in');
    screen.getByRole('link', { name: 'Sign in with an account you have' });
  });

  it('is told whom to ask when the link is of no use any more', async () => {
    openPage(givenRefusal(404, 'RESOURCE_NOT_FOUND', 'No such link'));
    await screen.findByRole('heading', { name: 'This invitation does not work any more' });
    screen.getByText(/Ask whoever invited you/);
  });
});

describe('the suggested username', () => {
  it.each([
    ['J.Dubois@example.org', 'j.dubois'],
    ['nora+ims@example.org', 'nora'],
    ["o'brien@example.org", 'obrien'],
  ])('is made from %s: %s', (email, username) => {
    expect(suggestUsername(email)).toBe(username);
  });
});
