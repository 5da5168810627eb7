import type { SignedInUser } from '@ims/contracts/auth/api';
import type { OwnSession } from '@ims/contracts/auth/sessions';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Outlet } from 'react-router';
import { describe, expect, it } from 'vitest';
import { session } from '../../api/browser-session.ts';
import { useSession } from '../../app/session-hook.ts';
import { givenPerson } from '../../testing/given.ts';
import { givenPolicy, givenRefusal } from '../../testing/given-passwords.ts';
import { renderAt } from '../../testing/render-at.tsx';
import { type Call, givenServer } from '../../testing/render-in-site.tsx';
import { ProfilePage } from './profile-page.tsx';

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const givenSession = (changes: Partial<OwnSession>): OwnSession => ({
  id: crypto.randomUUID(),
  current: false,
  createdAt: ago(3_000),
  lastUsedAt: ago(5),
  expiresAt: ago(-3_000),
  remembered: false,
  browser: 'Firefox',
  system: 'Linux',
  ...changes,
});
const here = givenSession({ current: true, browser: 'Chrome' });
const away = givenSession({});

type Answer = (call: Call) => { readonly status?: number; readonly body: unknown } | undefined;

const Frame = () => <Outlet context={useSession()?.user ?? givenPerson} />;

const openPage = async (answer: Answer = () => undefined, user: SignedInUser = givenPerson) => {
  const server = givenServer((call) => {
    const answered = answer(call);
    if (answered) return answered;
    if (call.method === 'GET' && call.path.endsWith('/sessions')) return { body: { sessions: [away, here] } };
    if (call.path.endsWith('/password-policy')) return { body: { policy: givenPolicy } };
    return { body: { success: true, user: { ...user, ...(call.body as Partial<SignedInUser>) } } };
  });
  session.update(user);
  const screens = renderAt('/profile', [
    { element: <Frame />, children: [{ path: '/profile', element: <ProfilePage /> }] },
  ]);
  await screen.findByText('Firefox on Linux');
  return { ...server, ...screens };
};
const press = (name: string | RegExp): Promise<void> => userEvent.click(screen.getByRole('button', { name }));
const rename = async (name: string): Promise<void> => {
  await userEvent.clear(screen.getByLabelText('Name'));
  await userEvent.type(screen.getByLabelText('Name'), name);
  await press('Save profile');
};

describe('somebody looks after the own profile', () => {
  it('and changes the name, which every screen then has', async () => {
    const { commands } = await openPage();
    await rename('Elias E.');
    await screen.findByText('Saved');
    expect(commands.map(({ body }) => body)).toEqual([{ displayName: 'Elias E.' }]);
    expect(session.current()?.user.displayName).toBe('Elias E.');
  });

  it('and reads beside the field what is wrong with it, with the text kept', async () => {
    const refused = givenRefusal(400, 'VALIDATION_ERROR', 'Invalid', [
      { field: 'displayName', message: 'Name is too long' },
    ]);
    await openPage(({ method }) => (method === 'GET' ? undefined : refused));
    await rename('Elias the Editor');
    await screen.findByText('Name is too long');
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Elias the Editor');
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
  });

  it('and sends nothing when nothing is changed', async () => {
    const { commands } = await openPage();
    await press('Save profile');
    expect(commands).toEqual([]);
  });

  it('and has no usual site any more', async () => {
    const two = [...givenPerson.sites, { id: 'two', name: 'Ghent', role: 'viewer' as const }];
    const { commands } = await openPage(undefined, { ...givenPerson, sites: two, defaultSiteId: 'two' });
    await userEvent.click(screen.getByRole('combobox', { name: 'Site after signing in' }));
    await userEvent.click(screen.getByRole('option', { name: 'Ask me every time' }));
    await press('Save profile');
    await screen.findByText('Saved');
    expect(commands.map(({ body }) => body)).toEqual([{ defaultSiteId: null }]);
  });

  it('and changes the password in place', async () => {
    const { commands } = await openPage(({ path }) =>
      path.endsWith('/password/change') ? { body: { ...session.current(), token: 'new' } } : undefined,
    );
    await press('Change password');
    await userEvent.type(screen.getByLabelText('Current password'), 'Demo-2026!');
    await userEvent.type(screen.getByLabelText('New password'), 'Better-2026!');
    await press('Change password');
    await screen.findByText(/^Changed/);
    expect(commands[0]?.body).toEqual({ currentPassword: 'Demo-2026!', newPassword: 'Better-2026!' });
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Change password' }));
  });
});

describe('somebody looks where they are signed in', () => {
  it('finds this browser first, and signs another one out', async () => {
    const { commands } = await openPage();
    const rows = screen.getAllByRole('listitem');
    expect(rows[0]?.textContent).toMatch(/^Chrome on LinuxThis one/);
    expect(within(screen.getAllByRole('listitem')[0] ?? document.body).queryByRole('button')).toBeNull();
    await press(/^Sign out Firefox on Linux/);
    await waitFor(() => expect(screen.queryByText('Firefox on Linux')).toBeNull());
    expect(commands.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `DELETE /api/v1/auth/sessions/${away.id}`,
    ]);
  });

  it('signs out everywhere after having been asked, and leaves', async () => {
    const { commands } = await openPage();
    await press('Sign out everywhere');
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Sign out everywhere' }));
    await waitFor(() => expect(session.current()).toBeUndefined());
    expect(session.ended()).toBe('everywhere');
    expect(commands.map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /api/v1/auth/sessions']);
  });
});
