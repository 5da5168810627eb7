import type { SignedInUser } from '@ims/contracts/auth/api';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { SiteMember } from '#api/members.ts';
import { givenPerson } from '../../testing/given.ts';
import { givenRefusal } from '../../testing/given-passwords.ts';
import { givenAdministrator, givenMember, givenSite } from '../../testing/given-people.ts';
import { type Call, givenServer, renderSignedInAt } from '../../testing/render-in-site.tsx';
import { AdministrationPage } from './administration-page.tsx';
import { MembersPart } from './members-part.tsx';

const site = givenSite();
const own = givenMember({ id: givenPerson.id, displayName: 'Elias Editor', email: 'e@x.org', role: 'administrator' });
const nora = givenMember();
type Answer = ReturnType<Parameters<typeof givenServer>[0] & object>;

/** Opens the members of a site on a server that remembers who is there; `refuse` answers a command otherwise. */
const openMembers = async (
  given: { members?: SiteMember[]; refuse?: (call: Call) => Answer; user?: SignedInUser } = {},
) => {
  const world = { members: given.members ?? [own, nora], user: given.user ?? givenAdministrator };
  const server = givenServer((call) => {
    const { method, path, body } = call;
    const id = path.split('/').at(-1);
    const refused = method === 'GET' ? undefined : given.refuse?.(call);
    if (refused) return refused;
    if (path.endsWith('/auth/me')) return { body: { user: world.user } };
    if (method === 'GET')
      return { body: path.endsWith('/users') ? { users: world.members, nextCursor: null } : { site } };
    if (method === 'POST') return { body: { success: true, userId: nora.id, invited: true } };
    if (method === 'DELETE') world.members = world.members.filter((member) => member.id !== id);
    else world.members = world.members.map((one) => (one.id === id ? { ...one, ...(body as object) } : one));
    return { body: { success: true } };
  });
  const children = [{ path: 'members', element: <MembersPart /> }];
  renderSignedInAt(
    `/s/${site.id}/administration/members`,
    [{ path: '/s/:siteId/administration', element: <AdministrationPage />, children }],
    world.user,
  );
  return { ...server, world };
};
const chooseRole = async (whose: string, role: RegExp): Promise<void> => {
  await userEvent.click(await screen.findByRole('button', { name: new RegExp(`^Role of ${whose}`) }));
  await userEvent.click(screen.getByRole('menuitemradio', { name: role }));
};
const answer = async (name: string): Promise<void> =>
  userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name }));

describe('an administrator changes a role', () => {
  it('in place, and sees it at once', async () => {
    const { commands } = await openMembers();
    await chooseRole('Nora Lind', /^Editor/);
    await screen.findByRole('button', { name: 'Role of Nora Lind: Editor' });
    await waitFor(() => expect(commands).toMatchObject([{ method: 'PUT', body: { role: 'editor' } }]));
    expect(commands[0]?.path).toBe(`/api/v1/sites/${site.id}/users/${nora.id}`);
  });

  it('and reads beside the person why it was refused, with the role as it was', async () => {
    const sentence = 'A site keeps at least one administrator; make somebody else administrator first';
    await openMembers({
      members: [own, { ...nora, role: 'administrator' }],
      refuse: ({ method }) => (method === 'PUT' ? givenRefusal(409, 'CONFLICT', sentence) : undefined),
    });
    await chooseRole('Nora Lind', /^Viewer/);
    expect((await screen.findByRole('alert')).textContent).toBe(`Still administrator: ${sentence}.`);
    expect(screen.getByRole('button', { name: 'Role of Nora Lind: Administrator' })).toBeDefined();
  });

  it('of their own only after having been warned, and is led away calmly', async () => {
    const { commands, world } = await openMembers();
    await chooseRole('Elias Editor', /^Editor/);
    expect(commands).toEqual([]);
    world.user = givenPerson;
    await answer('Become editor');
    await screen.findByRole('heading', { name: 'You no longer administer this site' });
    expect(screen.getByRole('link', { name: 'Go to the interactions' })).toBeDefined();
  });
});

describe('an administrator removes a member', () => {
  it('after a question that names the person and the site', async () => {
    const { commands } = await openMembers();
    await userEvent.click(await screen.findByRole('button', { name: 'Remove Nora Lind' }));
    expect(screen.getByText(/^Remove Nora Lind from Brussels\?/)).toBeDefined();
    await answer('Remove member');
    await waitFor(() => expect(screen.queryByRole('rowheader', { name: 'Nora Lind' })).toBeNull());
    expect(commands).toMatchObject([{ method: 'DELETE' }]);
  });

  it('and is warned before leaving the site themselves', async () => {
    await openMembers();
    await userEvent.click(await screen.findByRole('button', { name: 'Remove Elias Editor' }));
    expect(screen.getByText(/^Leave Brussels\? You lose sight of it at once/)).toBeDefined();
  });
});

describe('an administrator adds a member', () => {
  const add = async (email: string): Promise<void> => {
    await userEvent.click(await screen.findByRole('button', { name: 'Add member' }));
    await userEvent.type(screen.getByRole('textbox', { name: /^E-mail/ }), `${email}{Enter}`);
  };

  it('by e-mail address, and hears that an invitation was mailed', async () => {
    const { commands } = await openMembers();
    await add('lea@example.org');
    await screen.findByText('An invitation is on its way to lea@example.org; its link works for 7 days.');
    expect(commands).toMatchObject([{ method: 'POST', body: { email: 'lea@example.org', role: 'viewer' } }]);
  });

  it('but not one who is there already', async () => {
    const { commands } = await openMembers();
    await add('NORA@example.org');
    await screen.findByText(/^Nora Lind is viewer here already/);
    expect(commands).toEqual([]);
  });

  it('again by mail, where the first invitation was not answered', async () => {
    const lea = givenMember({ displayName: '', username: '', email: 'lea@example.org', invited: true });
    const { commands } = await openMembers({ members: [own, lea] });
    expect(await screen.findByText('Invited')).toBeDefined();
    await userEvent.click(screen.getByRole('button', { name: 'Send again: invitation of lea@example.org' }));
    await screen.findByText('A new invitation is on its way to lea@example.org.');
    expect(commands).toMatchObject([{ method: 'POST', body: { email: 'lea@example.org', role: 'viewer' } }]);
  });
});

it('many members can be searched, few need no search', async () => {
  const many = Array.from({ length: 11 }, (_, at) =>
    givenMember({ displayName: `Person ${at}`, email: `p${at}@x.org` }),
  );
  await openMembers({ members: [nora, ...many] });
  await userEvent.type(await screen.findByRole('searchbox', { name: 'Search members' }), 'lind');
  expect(screen.getByText('1 of 12 members', { selector: 'span' })).toBeDefined();
  expect(screen.getAllByRole('rowheader')).toHaveLength(1);
});

it('somebody who does not administer the site is told so', async () => {
  await openMembers({ user: givenPerson });
  expect(await screen.findByText('Your role does not include the administration')).toBeDefined();
});
