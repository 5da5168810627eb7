import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, signIn, sitDown } from './browser.ts';
import { call } from './calls.ts';
import { enter, linkMailedTo } from './people.ts';
import { checkScreen } from './screen-check.ts';
import type { Journeys } from './server.ts';

const journeys = inject('journeys');
const mark = Date.now().toString(36);
const person = { name: `Nils ${mark}`, username: `nils-${mark}`, email: `nils-${mark}@journey.example` };
const password = 'Lighthouse-2026!';
const siteName = `Narvik ${mark}`;
const wrongTries = 5;
const shownWithinMs = 20_000;

describe.skipIf(!journeys)(
  `an administrator runs the system${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let at: Journeys;
    let browser: Browser;
    let admin: Page;
    let page: Page;

    const panel = () => admin.getByRole('article', { name: person.name });
    const rowOf = (name: string) => admin.getByRole('row', { name });
    const signInByScript = (attempt: string) =>
      call(at, { path: '/auth/login', body: { username: person.username, password: attempt } });
    const confirm = (verb: string): Promise<void> =>
      admin.getByRole('dialog').getByRole('button', { name: verb }).click();

    beforeAll(async () => {
      if (!journeys) return;
      at = journeys;
      browser = await launchBrowser(at);
      admin = await sitDown(browser, at);
      page = await sitDown(browser, at);
      await signIn(admin, 'admin');
      await admin.getByRole('heading', { name: 'Choose a site' }).waitFor();
    });
    afterAll(() => browser?.close());

    it('adds somebody, who chooses a password by the mailed link', async () => {
      await admin.goto('/system');
      await admin.getByRole('link', { name: 'Ada Administrator' }).waitFor();
      await checkScreen(admin, 'system-users');
      await admin.getByRole('link', { name: 'New user' }).click();
      await admin.getByRole('textbox', { name: 'Name', exact: true }).fill(person.name);
      await admin.getByRole('textbox', { name: 'Username' }).fill(person.username);
      await admin.getByRole('textbox', { name: 'E-mail' }).fill(person.email);
      await checkScreen(admin, 'system-new-user');
      await admin.getByRole('button', { name: 'Add user' }).click();
      await panel().waitFor();
      await page.goto(await linkMailedTo(at, person.email, 'welcome'));
      await page.getByLabel('New password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Save password' }).click();
      await page.getByText('Your password is changed. Sign in with the new one.').waitFor();
      await enter(page, person.username, password);
      await page.getByRole('heading', { name: 'You have no site yet' }).waitFor();
    });

    it('finds them by the beginning of the name, and corrects it', async () => {
      await admin.getByRole('searchbox', { name: 'Search users' }).fill(mark);
      await admin.getByText('1 user', { exact: true }).first().waitFor();
      await admin.getByRole('textbox', { name: 'Name', exact: true }).fill(`${person.name} Berg`);
      await admin.getByRole('button', { name: 'Save user' }).click();
      await admin.getByText(`${person.name} Berg is saved.`).waitFor();
      await rowOf(`${person.name} Berg`).waitFor();
    });

    it('sees that they are locked, unlocks them, and they sign in', async () => {
      for (let attempt = 0; attempt < wrongTries; attempt += 1) await signInByScript(`Wrong-${attempt}-2026!`);
      expect((await signInByScript(password)).status).toBe(401);
      // The list hears of a lock a moment after the sign-in does.
      const isShownLocked = async (): Promise<boolean> => {
        await admin.reload();
        await panel().waitFor();
        return panel()
          .getByText(/^Locked until \d\d:\d\d$/)
          .isVisible();
      };
      await expect.poll(isShownLocked, { timeout: shownWithinMs }).toBe(true);
      await checkScreen(admin, 'system-user-locked');
      await panel().getByRole('button', { name: 'Unlock' }).click();
      await panel().getByRole('button', { name: 'Unlock' }).waitFor({ state: 'detached' });
      expect((await signInByScript(password)).status).toBe(200);
    });

    it('sends a link for a new password', async () => {
      await panel().getByRole('button', { name: 'Send password reset' }).click();
      await admin.getByText(`A link to choose a new password is on its way to ${person.email}.`).waitFor();
      expect(await linkMailedTo(at, person.email, 'password-reset')).toContain('/reset-password#token=');
    });

    it('makes them operator, whose open window shows it', async () => {
      await admin.getByRole('checkbox', { name: /^Operator/ }).check();
      await admin.getByRole('button', { name: 'Save user' }).click();
      await rowOf(person.name).getByText('Operator').waitFor();
      await page.goto('/');
      await page.getByRole('heading', { name: 'Operations' }).waitFor();
    });

    it('deactivates them, who are out at once, and lets them in again', async () => {
      await panel().getByRole('button', { name: 'Deactivate' }).click();
      await confirm('Deactivate user');
      await panel().getByText('Inactive').waitFor();
      expect((await signInByScript(password)).status).toBe(401);
      await page.goto('/operations');
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
      await panel().getByRole('button', { name: 'Reactivate' }).click();
      await confirm('Reactivate user');
      await panel().getByText('Active', { exact: true }).waitFor();
      expect((await signInByScript(password)).status).toBe(200);
    });

    it('makes a site, and finds it in the switcher', async () => {
      await admin.getByRole('navigation', { name: 'Parts of the system' }).getByRole('link', { name: 'Sites' }).click();
      await admin.getByRole('link', { name: 'New site' }).click();
      await admin.getByRole('textbox', { name: 'Name' }).fill(siteName);
      await admin.getByRole('button', { name: 'Add site' }).click();
      await admin.getByRole('article', { name: siteName }).waitFor();
      await checkScreen(admin, 'system-site');
      await admin.getByRole('link', { name: 'Members, settings and types' }).click();
      await admin.getByRole('heading', { name: siteName }).waitFor();
      await admin.getByText('1 member').waitFor();
    });

    it('closes the site to its members, and opens it again', async () => {
      await admin.goto('/system/sites');
      await admin.getByRole('link', { name: siteName, exact: true }).click();
      const opened = admin.getByRole('article', { name: siteName });
      await opened.getByRole('button', { name: 'Deactivate' }).click();
      await confirm('Deactivate site');
      await admin.getByText(`${siteName} is closed to its members.`).waitFor();
      await rowOf(siteName).getByText('Inactive').waitFor();
      await opened.getByRole('button', { name: 'Reactivate' }).click();
      await confirm('Reactivate site');
      await admin.getByText(`${siteName} is open to its members again.`).waitFor();
    });

    it('is alone in seeing any of it', async () => {
      await page.goto('/');
      await enter(page, person.username, password);
      await page.getByRole('heading', { name: 'Operations' }).waitFor();
      expect(await page.getByRole('link', { name: 'System' }).count()).toBe(0);
      await page.goto('/system/users');
      await page.getByText('Your roles do not include the administration of the system').waitFor();
    });
  },
);
