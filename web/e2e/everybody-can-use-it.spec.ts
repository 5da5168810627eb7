import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { expectAccessible, launchBrowser, openSite, photograph, signIn, sitDown, widths } from './browser.ts';

const journeys = inject('journeys');
const settings = (['light', 'dark'] as const).flatMap((colorScheme) =>
  Object.entries(widths).map(([device, width]) => ({ colorScheme, device, width })),
);
type Screen = { readonly name: string; readonly open: (page: Page, site: string) => Promise<void> };

const firstRow = (page: Page) => page.locator('a[href*="/interactions/"]:not([href*="/interactions/new"])').first();
const newForm = (page: Page) => page.getByRole('form', { name: 'New interaction' });

/** Every screen of the product, and the states of it that draw something else. */
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

    it.each(settings)('on a $device, $colorScheme', async ({ colorScheme, device, width }) => {
      if (!journeys) return;
      const page = await sitDown(browser, journeys, { colorScheme, width });
      const check = async (name: string): Promise<void> => {
        await photograph(page, `${name}-${device}-${colorScheme}`);
        await expectAccessible(page, `${name} on a ${device}, ${colorScheme}`);
      };
      await page.goto('/');
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      await check('sign-in');
      await signIn(page, 'editor');
      await page.getByRole('heading', { name: 'Choose a site' }).waitFor();
      await check('choose-site');
      const site = await openSite(page);
      for (const { name, open } of screens) {
        await open(page, site);
        await check(name);
      }
      await page.context().close();
    });

    it.each(settings)('as an operator, on a $device, $colorScheme', async ({ colorScheme, device, width }) => {
      if (!journeys) return;
      const page = await sitDown(browser, journeys, { colorScheme, width });
      await signIn(page, 'operator');
      for (const { name, open } of operatorScreens) {
        await open(page, '');
        await photograph(page, `${name}-${device}-${colorScheme}`);
        await expectAccessible(page, `${name} on a ${device}, ${colorScheme}`);
      }
      await page.context().close();
    });
  },
);
