import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { launchBrowser, openSite, signIn, sitDown, widths } from './browser.ts';
import { checkAppearances } from './screen-check.ts';

const journeys = inject('journeys');
const devices = ['desktop', 'phone'] as const;
type Screen = { readonly name: string; readonly open: (page: Page, site: string) => Promise<void> };

const firstRow = (page: Page) => page.locator('a[href*="/interactions/"]:not([href*="/interactions/new"])').first();
const newForm = (page: Page) => page.getByRole('form', { name: 'New interaction' });

/** A coordinator's screens, and the states that draw something else; whoever adds a journey checks its own screens. */
const screens: readonly Screen[] = [
  { name: 'finder', open: (page, site) => page.goto(site).then(() => firstRow(page).waitFor()) },
  {
    name: 'search',
    open: (page, site) => page.goto(`${site}?search=budget&type=Meeting`).then(() => firstRow(page).waitFor()),
  },
  {
    name: 'filters',
    open: (page) =>
      page
        .getByRole('button', { name: /^Filters/ })
        .click()
        .then(() => page.getByRole('combobox', { name: 'Location' }).waitFor()),
  },
  {
    name: 'no-hits',
    open: (page, site) =>
      page.goto(`${site}?search=zzzz&status=draft`).then(() => page.getByText('No interactions match').waitFor()),
  },
  {
    name: 'view',
    open: (page, site) =>
      page
        .goto(site)
        .then(() => firstRow(page).click())
        .then(() => page.getByRole('article').waitFor()),
  },
  {
    name: 'edit',
    open: (page) =>
      page
        .getByRole('link', { name: 'Edit' })
        .click()
        .then(() => page.getByRole('form').waitFor()),
  },
  { name: 'new', open: (page, site) => page.goto(`${site}/interactions/new`).then(() => newForm(page).waitFor()) },
  {
    name: 'errors',
    open: (page) =>
      page
        .getByRole('button', { name: 'Save interaction' })
        .click()
        .then(() => page.getByText('Title is required').waitFor()),
  },
  {
    name: 'bin',
    open: (page, site) => page.goto(`${site}/bin`).then(() => page.getByRole('heading', { name: 'Bin' }).waitFor()),
  },
  { name: 'account', open: (page) => page.getByRole('button', { name: /^Account of/ }).click() },
  {
    name: 'not-found',
    open: (page) => page.goto('/nowhere').then(() => page.getByText('There is nothing at this address').waitFor()),
  },
];

/** What an operator sees, who has no site. */
const operatorScreens: readonly Screen[] = [
  {
    name: 'operations',
    open: (page) => page.getByRole('heading', { name: 'What was asked' }).waitFor(),
  },
  {
    name: 'version-actions',
    open: (page) =>
      page
        .getByRole('button', { name: /^Actions for statistics version/ })
        .first()
        .click(),
  },
  {
    name: 'rebuild',
    open: (page) =>
      page.keyboard
        .press('Escape')
        .then(() => page.getByRole('button', { name: 'Rebuild statistics' }).click())
        .then(() => page.getByRole('dialog').waitFor()),
  },
  {
    name: 'commands',
    open: (page) =>
      page.keyboard
        .press('Escape')
        .then(() => page.keyboard.press('Control+k'))
        .then(() => page.getByRole('combobox', { name: 'Search commands' }).waitFor()),
  },
];

describe.skipIf(!journeys)(
  `everybody can use every screen${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      if (journeys) browser = await launchBrowser(journeys);
    });
    afterAll(() => browser?.close());

    it.each(devices)('on a %s, light and dark', async (device) => {
      if (!journeys) return;
      const page = await sitDown(browser, journeys, { width: widths[device] });
      await page.goto('/');
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      await checkAppearances(page, 'sign-in', device);
      await signIn(page, 'editor');
      await page.getByRole('heading', { name: 'Choose a site' }).waitFor();
      await checkAppearances(page, 'choose-site', device);
      const site = await openSite(page);
      for (const { name, open } of screens) {
        await open(page, site);
        await checkAppearances(page, name, device);
      }
      await page.context().close();
    });

    it.each(devices)('as an operator, on a %s, light and dark', async (device) => {
      if (!journeys) return;
      const page = await sitDown(browser, journeys, { width: widths[device] });
      await signIn(page, 'operator');
      for (const { name, open } of operatorScreens) {
        await open(page, '');
        await checkAppearances(page, name, device);
      }
      await page.context().close();
    });
  },
);
