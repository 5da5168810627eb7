import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, signIn, sitDown } from './browser.ts';
import { call } from './calls.ts';
import { linkMailedTo, signedInAs } from './people.ts';
import { checkScreen } from './screen-check.ts';
import type { Journeys } from './server.ts';

const journeys = inject('journeys');
const mark = Date.now().toString(36);
const siteName = `Tromsø ${mark}`;
const guest = { username: `guest-${mark}`, email: `guest-${mark}@journey.example`, password: 'Harbour-2026!' };
const guestName = 'Greta Guest';
const withinMs = 2_000;
const mailWithinMs = 20_000;

/** A site of this journey's own; the demonstration's administrator made it and administers it. */
const givenSite = async (at: Journeys): Promise<string> => {
  const { token } = await signedInAs(at, 'admin');
  const body = { name: siteName, description: 'The northernmost office' };
  const made = await call<{ site: { id: string } }>(at, { path: '/sites', token, body });
  return made.body.site.id;
};

const interaction = (title: string) => ({
  title,
  type: 'Meeting',
  lead: 'Nora Lind',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Oslo',
});

/** Somebody comes back to the window, which asks again what they may do. */
const lookAt = (page: Page): Promise<unknown> => page.evaluate(() => window.dispatchEvent(new Event('focus')));

describe.skipIf(!journeys)(
  `an administrator runs a site${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let at: Journeys;
    let browser: Browser;
    let admin: Page;
    let person: Page;
    let siteId: string;
    let guestToken: string;

    const record = (title: string) =>
      call(at, { path: '/interactions', token: guestToken, siteId, body: interaction(title) });
    const part = (name: string): Promise<void> =>
      admin.getByRole('navigation', { name: 'Parts of the administration' }).getByRole('link', { name }).click();
    const giveRole = async (role: 'Viewer' | 'Editor'): Promise<void> => {
      await admin.getByRole('button', { name: `Role of ${guestName}` }).click();
      await admin.getByRole('menuitemradio', { name: new RegExp(`^${role}`) }).click();
      await admin.getByText(`${guestName} is ${role.toLowerCase()} now.`).waitFor();
    };
    const newLink = () => person.getByRole('link', { name: 'New interaction' });

    beforeAll(async () => {
      if (!journeys) return;
      at = journeys;
      siteId = await givenSite(at);
      browser = await launchBrowser(at);
      admin = await sitDown(browser, at);
      person = await sitDown(browser, at);
      await signIn(admin, 'admin');
      await admin.getByRole('heading', { name: 'Choose a site' }).waitFor();
      await admin.goto(`/s/${siteId}`);
      await admin.getByRole('link', { name: 'New interaction' }).first().waitFor();
    });
    afterAll(() => browser?.close());

    it('invites somebody by keyboard alone, and sees them waiting', async () => {
      await admin.keyboard.press('g');
      await admin.keyboard.press('s');
      await admin.getByRole('heading', { name: siteName }).waitFor();
      await admin.getByText('1 member').waitFor();
      await admin.keyboard.press('n');
      await admin.keyboard.type(guest.email);
      await admin.keyboard.press('Enter');
      await admin.getByText(`An invitation is on its way to ${guest.email}`).waitFor();
      await admin.getByRole('row', { name: guest.email }).getByText('Invited').waitFor();
      await checkScreen(admin, 'site-members');
      await admin.keyboard.press('Escape');
    });

    it('sends the invitation again to who has not answered', async () => {
      const first = await linkMailedTo(at, guest.email, 'invitation');
      await admin.getByRole('button', { name: `Send again: invitation of ${guest.email}` }).click();
      await admin.getByText(`A new invitation is on its way to ${guest.email}.`).waitFor();
      await expect.poll(() => linkMailedTo(at, guest.email, 'invitation'), { timeout: mailWithinMs }).not.toBe(first);
    });

    it('has a viewer on the site once the invitation is accepted', async () => {
      await person.goto(await linkMailedTo(at, guest.email, 'invitation'));
      await person.getByLabel('Your name').fill(guestName);
      await person.getByLabel('Username').fill(guest.username);
      await person.getByLabel('Password', { exact: true }).fill(guest.password);
      await person.getByRole('button', { name: 'Accept invitation' }).click();
      await person.getByRole('button', { name: `Account of ${guestName}` }).waitFor();
      await admin.reload();
      await admin.getByRole('row', { name: guestName }).getByText('Active').waitFor();
    });

    it('gave no right to record: neither a button nor the API offers it', async () => {
      await person.getByText(`${siteName} has no interactions yet`).waitFor();
      expect(await newLink().count()).toBe(0);
      guestToken = (await signedInAs(at, guest.username, guest.password)).token;
      expect(await record('Not to be')).toMatchObject({
        status: 403,
        body: { error: { code: 'AUTHORIZATION_ERROR' } },
      });
    });

    it('makes the viewer an editor, who records in the browser that was open all the time', async () => {
      await giveRole('Editor');
      await expect.poll(async () => (await record('Now it may be')).status, { timeout: withinMs }).toBe(201);
      await lookAt(person);
      await newLink().first().click();
      await person.getByRole('form', { name: 'New interaction' }).waitFor();
    });

    it('takes the right away again: the next save is refused, and the button is gone', async () => {
      await giveRole('Viewer');
      await expect.poll(async () => (await record('Too late')).status, { timeout: withinMs }).toBe(403);
      await person.getByRole('textbox', { name: 'Title' }).fill('Too late');
      await person.getByRole('combobox', { name: 'Type' }).click();
      await person.getByRole('option', { name: 'Meeting' }).click();
      await person.getByRole('combobox', { name: 'Lead' }).fill('Nora Lind');
      await person.getByRole('button', { name: 'Save interaction' }).click();
      await person.getByRole('heading', { name: 'Your role cannot record interactions' }).waitFor();
      await newLink().first().waitFor({ state: 'detached' });
    });

    it('cannot leave the site without an administrator, and reads that beside the name', async () => {
      await admin.getByRole('button', { name: 'Role of Ada Administrator' }).click();
      await admin.getByRole('menuitemradio', { name: /^Viewer/ }).click();
      await admin.getByRole('dialog').getByRole('button', { name: 'Become viewer' }).click();
      await admin
        .getByRole('row', { name: 'Ada Administrator' })
        .getByText('Still administrator: A site keeps at least one administrator')
        .waitFor();
      await admin.getByRole('button', { name: 'Role of Ada Administrator: Administrator' }).waitFor();
    });

    it('decides how the site behaves, and is asked before leaving that unsaved', async () => {
      await part('Settings');
      await admin.getByRole('combobox', { name: 'Interactions on a page' }).selectOption('50');
      await checkScreen(admin, 'site-settings');
      await part('Interaction types');
      await admin.getByRole('button', { name: 'Keep editing' }).click();
      await admin.getByRole('button', { name: 'Save settings' }).click();
      await admin.getByText('The settings are saved.').waitFor();
      await admin.reload();
      await admin.getByRole('combobox', { name: 'Interactions on a page' }).waitFor();
      expect(await admin.getByRole('combobox', { name: 'Interactions on a page' }).inputValue()).toBe('50');
    });

    it('adds a type and renames another; the form offers both as they are now', async () => {
      await part('Interaction types');
      await admin.getByRole('textbox', { name: 'New type' }).fill('Ice fishing');
      await admin.keyboard.press('Enter');
      await admin.getByText('“Ice fishing” is offered for new interactions.').waitFor();
      await admin.getByRole('button', { name: 'Rename Call' }).click();
      await admin.keyboard.type('Phone call');
      await admin.keyboard.press('Enter');
      await admin.getByText('“Call” is “Phone call” now.').waitFor();
      await checkScreen(admin, 'site-types');
      await admin.goto(`/s/${siteId}/interactions/new`);
      await admin.getByRole('combobox', { name: 'Type' }).click();
      await admin.getByRole('option', { name: 'Ice fishing' }).waitFor();
      await admin.getByRole('option', { name: 'Phone call' }).waitFor();
      expect(await admin.getByRole('option', { name: 'Call', exact: true }).count()).toBe(0);
      await admin.keyboard.press('Escape');
    });

    it('retires a type, which stays on the record that has it and can be offered again', async () => {
      await admin.goto(`/s/${siteId}/administration/types`);
      await admin.getByText('1 interaction', { exact: true }).waitFor();
      await admin.getByRole('button', { name: 'Retire Meeting' }).click();
      const retired = admin.getByRole('region', { name: 'Retired types' });
      await retired.getByText('1 interaction', { exact: true }).waitFor();
      await admin.goto(`/s/${siteId}`);
      await admin.getByRole('link', { name: 'Now it may be' }).click();
      await admin.getByRole('article').getByText('Meeting').first().waitFor();
      await admin.goto(`/s/${siteId}/administration/types`);
      await admin.getByRole('button', { name: 'Offer again: Meeting' }).click();
      await admin.getByRole('button', { name: 'Retire Meeting' }).waitFor();
    });

    it('removes the viewer, whose open browser says so calmly', async () => {
      await part('Members');
      await admin.getByRole('button', { name: `Remove ${guestName}` }).click();
      await admin.getByText(`Remove ${guestName} from ${siteName}?`).waitFor();
      await admin.getByRole('dialog').getByRole('button', { name: 'Remove member' }).click();
      await admin.getByText(`${guestName} has no role here any more.`).waitFor();
      await lookAt(person);
      await person.getByRole('heading', { name: 'You have no role on this site' }).waitFor();
    });
  },
);
