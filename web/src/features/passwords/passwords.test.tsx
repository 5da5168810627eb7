import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { session } from '../../api/browser-session.ts';
import { givenPerson } from '../../testing/given.ts';
import { givenPolicy, givenRefusal } from '../../testing/given-passwords.ts';
import { renderAt } from '../../testing/render-at.tsx';
import { type Call, givenServer } from '../../testing/render-in-site.tsx';
import { ChangePasswordPage } from './change-page.tsx';
import { ForgotPasswordPage } from './forgot-page.tsx';
import { ResetPasswordPage } from './reset-page.tsx';

const token = 'a'.repeat(43);
const done = { body: { success: true } };
type Answer = (call: Call) => { readonly status?: number; readonly body: unknown } | undefined;

const openPage = (address: string, answer: Answer = () => done, who: 'nobody' | 'expired' = 'nobody') => {
  const server = givenServer((call) =>
    call.path.endsWith('/password-policy') ? { body: { policy: givenPolicy } } : answer(call),
  );
  const signedIn = session.current();
  if (who === 'nobody') session.end();
  else if (signedIn) session.start({ ...signedIn, passwordExpired: true });
  const screens = renderAt(address, [
    { path: '/forgot-password', element: <ForgotPasswordPage /> },
    { path: '/reset-password', element: <ResetPasswordPage /> },
    { path: '/change-password', element: <ChangePasswordPage /> },
  ]);
  return { ...server, ...screens };
};
const missing = (): (string | null)[] =>
  within(screen.getByRole('list', { name: 'The password must have' }))
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent)
    .filter((text) => text?.endsWith('missing. '));
const type = (label: string, text: string): Promise<void> => userEvent.type(screen.getByLabelText(label), text);
const press = (name: string): Promise<void> => userEvent.click(screen.getByRole('button', { name }));

describe('somebody who forgot the password', () => {
  it('reads the same sentence whoever the address belongs to', async () => {
    const { commands } = openPage('/forgot-password', () => ({ status: 202, body: { success: true } }));
    await type('E-mail', ' nobody@example.org');
    await press('Send the link');
    expect((await screen.findByRole('status')).textContent).toMatch(
      /^If nobody@example.org belongs to somebody here, a mail with a link is on its way/,
    );
    expect(commands.map(({ path, body }) => [path, body])).toEqual([
      ['/api/v1/auth/password/forgot', { email: 'nobody@example.org' }],
    ]);
  });

  it('sees what the new password still lacks while typing, and what the server has against it', async () => {
    const lacks = givenRefusal(400, 'VALIDATION_ERROR', 'Invalid', [
      { field: 'newPassword', message: 'Password is one of the most common ones' },
    ]);
    openPage(`/reset-password#token=${token}`, () => lacks);
    await waitFor(() => expect(missing()).toHaveLength(5));
    await type('New password', 'Password1');
    expect(missing()).toEqual(['a symbol, missing. ']);
    await type('New password', '!');
    expect(missing()).toEqual([]);
    await press('Save password');
    await screen.findByText('Password is one of the most common ones');
    expect(document.activeElement).toBe(screen.getByLabelText('New password'));
  });

  it('has the token of the link out of the address at once, and signs in with the new password', async () => {
    const { openAddress, commands } = openPage(`/reset-password#token=${token}`);
    await waitFor(() => expect(openAddress()).toBe('/reset-password'));
    await type('New password', 'Better-2026!');
    await press('Save password');
    await waitFor(() => expect(openAddress()).toBe('/sign-in?ended=password'));
    expect(commands[0]?.body).toEqual({ token, newPassword: 'Better-2026!' });
  });

  it('is led to a new link when this one was used or is too old', async () => {
    openPage(`/reset-password#token=${token}`, () => givenRefusal(404, 'RESOURCE_NOT_FOUND', 'No such link'));
    await type('New password', 'Better-2026!');
    await press('Save password');
    await screen.findByRole('heading', { name: 'This link does not work any more' });
    expect(screen.getByRole('link', { name: 'Send a new link' }).getAttribute('href')).toBe('/forgot-password');
  });
});

describe('somebody with an expired password', () => {
  it('changes it and comes to the address that was asked for', async () => {
    const renewed = { token: 'new', expiresAt: new Date(Date.now() + 600_000).toISOString(), user: givenPerson };
    const { openAddress } = openPage(
      '/change-password?to=%2Fs%2Fone%2Fbin',
      () => ({ body: { ...renewed, passwordExpired: false } }),
      'expired',
    );
    await type('Current password', 'Demo-2026!');
    await type('New password', 'Better-2026!');
    await press('Change password');
    await waitFor(() => expect(openAddress()).toBe('/s/one/bin'));
  });

  it('is told which of the two passwords is wrong, and may look at what was typed', async () => {
    const wrong = givenRefusal(400, 'VALIDATION_ERROR', 'Invalid', [
      { field: 'currentPassword', message: 'Current password is wrong' },
    ]);
    openPage('/change-password', () => wrong, 'expired');
    await type('Current password', 'Demo');
    await type('New password', 'Better-2026!');
    await press('Change password');
    await screen.findByText('Current password is wrong');
    expect(document.activeElement).toBe(screen.getByLabelText('Current password'));
    await press('Show the current password');
    expect(screen.getByLabelText('Current password').getAttribute('type')).toBe('text');
    expect(screen.getByLabelText('New password').getAttribute('type')).toBe('password');
  });

  it('can do nothing else but sign out', async () => {
    openPage('/change-password', () => done, 'expired');
    expect(screen.getAllByRole('link').map(({ textContent }) => textContent)).toEqual(['Sign out']);
  });
});
