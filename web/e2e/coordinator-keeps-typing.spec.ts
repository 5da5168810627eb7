import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, openSite, signIn, sitDown } from './browser.ts';

const journeys = inject('journeys');
const title = `Ferry timetable ${Date.now()}`;
const banner = /Saving is not possible right now; what you typed is kept\./;
const recoverWithinMs = 40_000;

const unavailable = (route: Route): Promise<void> =>
  route.fulfill({
    status: 503,
    headers: { 'retry-after': '1' },
    json: {
      status: 'error',
      error: { code: 'SERVICE_UNAVAILABLE', message: 'The event log does not answer', details: [], requestId: 'r' },
    },
  });

describe.skipIf(!journeys)(
  `a coordinator keeps typing while nothing can be saved${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let browser: Browser;
    let page: Page;
    const titleField = () => page.getByRole('textbox', { name: 'Title' });

    beforeAll(async () => {
      if (!journeys) return;
      browser = await launchBrowser(journeys);
      page = await sitDown(browser, journeys);
    });
    afterAll(() => browser?.close());

    it('is told by one line, and what was typed stays', async () => {
      await signIn(page, 'editor');
      await openSite(page);
      await page.getByRole('link', { name: 'New interaction' }).click();
      await titleField().fill(title);
      await page.getByRole('combobox', { name: 'Type' }).click();
      await page.getByRole('option', { name: 'Call' }).click();
      await page.getByRole('combobox', { name: 'Lead' }).fill('Nora Lind');
      await page.route('**/api/v1/health', unavailable);
      await page.route('**/api/v1/interactions', unavailable);
      await page.getByRole('button', { name: 'Save interaction' }).click();
      await page.getByText(banner).waitFor();
      await page.getByText('Not saved yet').waitFor();
      await titleField().press('End');
      await page.keyboard.type(', summer');
      expect(await titleField().inputValue()).toBe(`${title}, summer`);
    });

    it('goes on reading meanwhile', async () => {
      await page.getByRole('searchbox', { name: 'Search interactions' }).fill('meeting');
      await page.getByText(/^[\d,.]+ of [\d,.]+$/).waitFor();
      expect(await titleField().inputValue()).toBe(`${title}, summer`);
    });

    it('is offered to save as soon as that is possible, and saves once', async () => {
      await page.unroute('**/api/v1/interactions');
      await page.unroute('**/api/v1/health');
      await page.getByText(banner).waitFor({ state: 'detached', timeout: recoverWithinMs });
      await page.getByRole('button', { name: 'Save now' }).click();
      await page.getByText(`“${title}, summer” is saved.`).waitFor();
      await page.getByRole('searchbox', { name: 'Search interactions' }).fill(title);
      await page.getByText(/^1 of [\d,.]+$/).waitFor();
    });

    it('is asked before signing out leaves unsaved text behind', async () => {
      await page.getByRole('link', { name: 'New interaction' }).click();
      await titleField().fill('Half a thought');
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
      await page.getByRole('button', { name: 'Keep editing' }).click();
      expect(await titleField().inputValue()).toBe('Half a thought');
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/sign-in');
    });
  },
);
