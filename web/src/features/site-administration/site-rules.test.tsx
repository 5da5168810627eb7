import type { Site } from '@ims/contracts/sites/api';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { givenRefusal } from '../../testing/given-passwords.ts';
import { givenAdministrator, givenSite } from '../../testing/given-people.ts';
import { givenServer, renderSignedInAt } from '../../testing/render-in-site.tsx';
import { AdministrationPage } from './administration-page.tsx';
import { SettingsPart } from './settings-part.tsx';
import { TypesPart } from './types-part.tsx';

/** Opens a part of the administration on a server that keeps the site; `world.site` may be changed meanwhile. */
const openPart = async (part: 'settings' | 'types', changes: Partial<Site> = {}) => {
  const world: { site: Site; refused?: ReturnType<typeof givenRefusal> } = { site: givenSite(changes) };
  const uses = { Meeting: 2, Call: 1, Visit: 0, Lunch: 4 };
  const server = givenServer(({ method, path, body }) => {
    if (path.endsWith('/interactions/types'))
      return { body: { types: Object.entries(uses).map(([name, count]) => ({ name, uses: count, retired: false })) } };
    if (method === 'GET') return { body: { site: world.site } };
    if (world.refused) return world.refused;
    if (method === 'PATCH') world.site = { ...world.site, settings: { ...world.site.settings, ...(body as object) } };
    else world.site = { ...world.site, ...(body as object) };
    return { body: { success: true, site: world.site, settings: world.site.settings } };
  });
  const children = [
    { path: 'settings', element: <SettingsPart /> },
    { path: 'types', element: <TypesPart /> },
    { path: 'members', element: <p>Members</p> },
  ];
  renderSignedInAt(
    `/s/${world.site.id}/administration/${part}`,
    [{ path: '/s/:siteId/administration', element: <AdministrationPage />, children }],
    givenAdministrator,
  );
  await screen.findByRole('heading', { name: 'Brussels' });
  return { ...server, world };
};
const press = (name: string): Promise<void> => userEvent.click(screen.getByRole('button', { name }));
const offered = (): (string | undefined)[] =>
  screen.getAllByRole('button', { name: /^Rename / }).map((button) => button.getAttribute('aria-label')?.slice(7));

describe('the settings of a site', () => {
  const seesNotes = () => screen.findByRole('checkbox', { name: 'Viewers see notes' });

  it('are saved together, and only those that were changed are sent', async () => {
    const { commands } = await openPart('settings');
    await userEvent.click(await seesNotes());
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Who may export' }), 'Administrators alone');
    await press('Save settings');
    await screen.findByText('The settings are saved.');
    expect(commands.map(({ body }) => body)).toEqual([{ viewersSeeNotes: false, lowestExportRole: 'administrator' }]);
  });

  it('say at the field what was refused', async () => {
    const { world } = await openPart('settings');
    const details = [{ field: 'defaultPageSize', message: 'Page size must be 25, 50 or 100' }];
    world.refused = givenRefusal(400, 'VALIDATION_ERROR', 'The settings are not valid', details);
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Interactions on a page' }), '50');
    await press('Save settings');
    expect(await screen.findByText('Page size must be 25, 50 or 100')).toBeDefined();
  });

  it('are not overwritten unseen where a colleague changed the same one', async () => {
    const { commands, world } = await openPart('settings');
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Interactions on a page' }), '50');
    world.site = givenSite({ settings: { ...world.site.settings, defaultPageSize: 100 } });
    await press('Save settings');
    await screen.findByText(/it is “100” now\. Save again to replace that\./);
    expect(commands).toEqual([]);
    await press('Save settings');
    await waitFor(() => expect(commands[0]?.body).toEqual({ defaultPageSize: 50 }));
  });

  it('are not left behind unsaved without a question', async () => {
    await openPart('settings');
    await userEvent.click(await seesNotes());
    await userEvent.click(screen.getByRole('link', { name: 'Members' }));
    expect(screen.getByRole('dialog', { name: 'Leave without saving?' })).toBeDefined();
  });
});

describe('the interaction types of a site', () => {
  it('move by their buttons, which keep the focus', async () => {
    const { commands } = await openPart('types');
    await userEvent.click(await screen.findByRole('button', { name: 'Move Visit up' }));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(commands.at(-1)?.body).toEqual({ interactionTypes: ['Visit', 'Meeting', 'Call'] }));
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Move Visit down');
    expect(offered()).toEqual(['Visit', 'Meeting', 'Call']);
  });

  it('keep what a colleague has added meanwhile', async () => {
    const { commands, world } = await openPart('types');
    await screen.findByRole('button', { name: 'Retire Visit' });
    world.site = givenSite({ interactionTypes: ['Meeting', 'Call', 'Visit', 'Lunch'] });
    await userEvent.type(screen.getByRole('textbox', { name: 'New type' }), 'Dinner{Enter}');
    await waitFor(() =>
      expect(commands[0]?.body).toEqual({ interactionTypes: ['Meeting', 'Call', 'Visit', 'Lunch', 'Dinner'] }),
    );
  });

  it('say how many interactions have one, and what renaming does to them', async () => {
    const { commands } = await openPart('types');
    await screen.findByText('2 interactions');
    await press('Rename Meeting');
    expect(screen.getByText(/Interactions that have “Meeting” keep it, and it is retired\./)).toBeDefined();
    await userEvent.keyboard('Conference{Enter}');
    await waitFor(() => expect(commands[0]?.body).toEqual({ interactionTypes: ['Conference', 'Call', 'Visit'] }));
  });

  it('are retired and offered again', async () => {
    const { commands } = await openPart('types', { retiredTypes: ['Lunch'] });
    await userEvent.click(await screen.findByRole('button', { name: 'Offer again: Lunch' }));
    await press('Retire Call');
    await waitFor(() => expect(commands).toHaveLength(2));
    expect(commands[1]?.body).toEqual({ interactionTypes: ['Meeting', 'Visit', 'Lunch'] });
    await screen.findByText('“Call” is retired: it stays on what has it.');
  });

  it('come back into the list when a change is refused, with the reason', async () => {
    const { world } = await openPart('types');
    world.refused = givenRefusal(409, 'CONFLICT', 'This site is inactive');
    await userEvent.click(await screen.findByRole('button', { name: 'Retire Call' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Not changed: This site is inactive.');
    await waitFor(() => expect(offered()).toEqual(['Meeting', 'Call', 'Visit']));
  });
});
