import type { Site } from '@ims/contracts/sites/api';
import type { User } from '@ims/contracts/users/api';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { givenPerson } from '../../testing/given.ts';
import { givenRefusal } from '../../testing/given-passwords.ts';
import { givenSite, givenUser } from '../../testing/given-people.ts';
import { givenServer, renderSignedInAt } from '../../testing/render-in-site.tsx';
import { NewUser } from './new-user.tsx';
import { NewSite, SitePanel } from './site-panel.tsx';
import { SitesPart } from './sites-part.tsx';
import { SystemPage } from './system-page.tsx';
import { UserPanel } from './user-panel.tsx';
import { UsersPart } from './users-part.tsx';

type World = { users: User[]; sites: Site[]; refused: ReturnType<typeof givenRefusal> | undefined };
const administrator = { ...givenPerson, systemRoles: ['administrator' as const] };
const nora = givenUser();

const routes = [
  {
    path: '/system',
    element: <SystemPage />,
    children: [
      {
        path: 'users',
        element: <UsersPart />,
        children: [
          { path: 'new', element: <NewUser /> },
          { path: ':id', element: <UserPanel /> },
        ],
      },
      {
        path: 'sites',
        element: <SitesPart />,
        children: [
          { path: 'new', element: <NewSite /> },
          { path: ':id', element: <SitePanel /> },
        ],
      },
    ],
  },
];

const open = (address: string, given: Partial<World> = {}, user = administrator) => {
  const world: World = { users: [nora], sites: [givenSite()], refused: undefined, ...given };
  const server = givenServer(({ method, path, body }) => {
    const { pathname, searchParams } = new URL(path, 'http://ims');
    const [, , , kind, id] = pathname.split('/');
    if (pathname.endsWith('/auth/me')) return { body: { user } };
    if (method !== 'GET' && world.refused) return world.refused;
    if (kind === 'sites' && method === 'GET') return { body: { sites: world.sites } };
    if (kind === 'sites') {
      const site = {
        ...(world.sites.find((one) => one.id === id) ?? givenSite({ id: crypto.randomUUID() })),
        ...(body as object),
      };
      world.sites = [...world.sites.filter((one) => one.id !== site.id), site];
      return { body: { success: true, site } };
    }
    if (method === 'GET' && id) return { body: { user: world.users.find((one) => one.id === id) } };
    const wanted = searchParams.get('search')?.toLowerCase() ?? '';
    const users = world.users.filter(({ displayName }) => displayName.toLowerCase().includes(wanted));
    if (method === 'GET') return { body: { users, nextCursor: null } };
    if (pathname.endsWith('/users')) world.users.push(givenUser({ id: 'new', ...(body as object) }));
    return { body: { success: true, user: world.users.at(-1) } };
  });
  renderSignedInAt(address, routes, user);
  return { ...server, world };
};
const press = async (name: string): Promise<void> => userEvent.click(await screen.findByRole('button', { name }));
const answer = async (name: string): Promise<void> =>
  userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name }));
const type = async (label: RegExp, text: string): Promise<void> => {
  const input = await screen.findByRole('textbox', { name: label });
  await userEvent.clear(input);
  await userEvent.type(input, text);
};

describe('an administrator of the system looks for a user', () => {
  it('by the beginning of a name, and opens them beside the list', async () => {
    open('/system/users', { users: [nora, givenUser({ displayName: 'Elias Editor' })] });
    await screen.findByText('2 users');
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search users' }), 'nora');
    await screen.findByText('1 user', { selector: 'span' });
    await userEvent.click(screen.getByRole('link', { name: 'Nora Lind' }));
    await screen.findByRole('article', { name: 'Nora Lind' });
  });

  it('but nobody without the role does', async () => {
    open('/system/users', {}, { ...givenPerson, systemRoles: [] as never });
    expect(await screen.findByText(/^Your roles do not include/)).toBeDefined();
  });
});

describe('an administrator of the system looks after a user', () => {
  it('unlocks one who is locked, and is offered that for no other', async () => {
    const lockedUntil = new Date(Date.now() + 600_000).toISOString();
    const { commands, world } = open(`/system/users/${nora.id}`, { users: [{ ...nora, lockedUntil }] });
    await screen.findAllByText(/^Locked until \d\d:\d\d$/);
    world.users = [nora];
    await press('Unlock');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Unlock' })).toBeNull());
    expect(commands[0]?.path).toBe(`/api/v1/users/${nora.id}/unlock`);
  });

  it('deactivates one after a question that says what happens', async () => {
    const { commands } = open(`/system/users/${nora.id}`);
    await press('Deactivate');
    expect(screen.getByText(/^Deactivate Nora Lind\? They are signed out everywhere/)).toBeDefined();
    await answer('Deactivate user');
    await waitFor(() => expect(commands[0]?.path).toBe(`/api/v1/users/${nora.id}/deactivate`));
  });

  it('changes name and system roles with one save, and sends nothing else', async () => {
    const { commands } = open(`/system/users/${nora.id}`);
    await type(/^Name/, 'Nora Lindqvist');
    await userEvent.click(screen.getByRole('checkbox', { name: /^Auditor/ }));
    await press('Save user');
    await waitFor(() => expect(commands).toHaveLength(2));
    expect(commands.map(({ body }) => body)).toEqual([{ displayName: 'Nora Lindqvist' }, { roles: ['auditor'] }]);
  });

  it('reads at the field that a username is taken', async () => {
    const taken = givenRefusal(409, 'CONFLICT', 'This username is taken', [
      { field: 'username', message: 'This username is taken' },
    ]);
    open(`/system/users/${nora.id}`, { refused: taken });
    await type(/^Username/, 'editor');
    await press('Save user');
    expect(await screen.findByText('This username is taken')).toBeDefined();
  });

  it('is warned before giving up their own role', async () => {
    const own = givenUser({ id: givenPerson.id, systemRoles: ['administrator'] });
    const { commands } = open(`/system/users/${own.id}`, { users: [own] });
    await userEvent.click(await screen.findByRole('checkbox', { name: /^Administrator/ }));
    await press('Save user');
    expect(screen.getByRole('dialog', { name: 'Give up your own role' })).toBeDefined();
    expect(commands).toEqual([]);
    expect(screen.queryByRole('button', { name: 'Deactivate' })).toBeNull();
  });

  it('adds one who chooses a password by a mailed link, unless another way is chosen', async () => {
    const { commands } = open('/system/users/new');
    await type(/^Name/, 'Lea Moor');
    await type(/^Username/, 'lmoor');
    await type(/^E-mail/, 'lea@example.org');
    await press('Add user');
    await screen.findByText(/a link to choose a password is on its way to lea@example.org/);
    expect(commands[0]?.body).not.toHaveProperty('password');
    expect(commands[0]?.body).toMatchObject({ displayName: 'Lea Moor', username: 'lmoor', email: 'lea@example.org' });
  });
});

describe('an administrator of the system looks after a site', () => {
  it('makes one', async () => {
    const { commands } = open('/system/sites/new');
    await type(/^Name/, 'Oslo');
    await press('Add site');
    await screen.findByRole('article', { name: 'Oslo' });
    expect(commands[0]?.body).toEqual({ name: 'Oslo', description: '' });
  });

  it('deactivates one after a question that says what happens to its members', async () => {
    const { commands } = open(`/system/sites/${givenSite().id}`);
    await press('Deactivate');
    expect(screen.getByText(/^Deactivate Brussels\? Its members can no longer open it/)).toBeDefined();
    await answer('Deactivate site');
    await waitFor(() => expect(commands[0]?.body).toEqual({ active: false }));
    await screen.findByRole('button', { name: 'Reactivate' });
  });
});
