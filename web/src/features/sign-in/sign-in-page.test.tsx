import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { session } from '../../api/browser-session.ts';
import { givenPerson } from '../../testing/given.ts';
import { givenRefusal } from '../../testing/given-passwords.ts';
import { renderAt } from '../../testing/render-at.tsx';
import { givenServer } from '../../testing/render-in-site.tsx';
import { SignInPage } from './sign-in-page.tsx';

type Given = {
  readonly issuers?: { name: string; label: string }[];
  readonly login?: { status?: number; body: unknown };
};

const signedIn = (passwordExpired: boolean) => ({
  body: { token: 't', expiresAt: new Date(Date.now() + 600_000).toISOString(), user: givenPerson, passwordExpired },
});

const openPage = (address: string, { issuers = [], login = signedIn(false) }: Given = {}) => {
  const server = givenServer(({ path }) => {
    if (path.endsWith('/auth/external')) return { body: { issuers } };
    return path.endsWith('/auth/login') ? login : undefined;
  });
  session.end();
  return { ...server, ...renderAt(address, [{ path: '/sign-in', element: <SignInPage /> }]) };
};
const enter = async (): Promise<void> => {
  await userEvent.type(screen.getByLabelText('Username or e-mail'), 'editor');
  await userEvent.type(screen.getByLabelText('Password'), 'secret');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
};

describe('somebody signs in', () => {
  it('and comes to the address that was asked for', async () => {
    const { openAddress, commands } = openPage('/sign-in?to=%2Fs%2Fone%2Fbin');
    await enter();
    await waitFor(() => expect(openAddress()).toBe('/s/one/bin'));
    expect(commands[0]?.body).toEqual({ username: 'editor', password: 'secret', remember: false });
  });

  it('never to another site than this one', async () => {
    const { openAddress } = openPage('/sign-in?to=%2F%2Fevil.example');
    await enter();
    await waitFor(() => expect(openAddress()).toBe('/'));
  });

  it('with an expired password, comes to its change first, and the address is kept', async () => {
    const { openAddress } = openPage('/sign-in?to=%2Fs%2Fone%2Fbin', { login: signedIn(true) });
    await enter();
    await waitFor(() => expect(openAddress()).toBe('/change-password?to=%2Fs%2Fone%2Fbin'));
  });

  it('with something wrong, reads one sentence and types the password anew', async () => {
    openPage('/sign-in?ended=session', { login: givenRefusal(401, 'AUTHENTICATION_ERROR', 'No') });
    screen.getByText('Your session has ended. Sign in to go on where you were.');
    await enter();
    expect((await screen.findByRole('alert')).textContent).toBe('The username or the password is wrong.');
    expect(document.activeElement).toBe(screen.getByLabelText('Password'));
    expect(screen.queryByText(/Your session has ended/)).toBeNull();
  });
});

describe('other ways in', () => {
  it('are offered where there are some, and lead back to what was asked for', async () => {
    openPage('/sign-in?to=%2Fs%2Fone', { issuers: [{ name: 'auth0', label: 'Auth0' }] });
    const link = await screen.findByRole('link', { name: 'Continue with Auth0' });
    expect(link.getAttribute('href')).toBe('/api/v1/auth/external/auth0/start?to=%2Fs%2Fone');
  });

  it.each([
    ['refused', /did not let you in/],
    ['not-linked', /belongs to nobody here/],
    ['expired', /took too long/],
    ['unavailable', /does not answer right now/],
  ])('say why they did not work: %s', (problem, words) => {
    openPage(`/sign-in?external=${problem}`);
    expect(screen.getByRole('alert').textContent).toMatch(words);
  });
});
