import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, sitDown } from './browser.ts';

const journeys = inject('journeys');
const title = `Lighthouse ${Date.now()}`;

const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

/** The focus is somewhere a person can see. */
const expectFocus = (page: Page) =>
  expect.poll(() => page.evaluate(() => document.activeElement?.tagName ?? 'BODY')).not.toBe('BODY');

describe.skipIf(!journeys)(
  `a coordinator without a mouse${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      if (!journeys) return;
      browser = await launchBrowser(journeys);
      page = await sitDown(browser, journeys);
    });
    afterAll(() => browser?.close());

    it('signs in and opens a site', async () => {
      await page.goto('/');
      await page.getByLabel('Username or e-mail').waitFor();
      await page.keyboard.type('editor');
      await press(page, 'Tab');
      await page.keyboard.type('Demo-2026!');
      await press(page, 'Enter');
      await page.getByRole('heading', { name: 'Choose a site' }).waitFor();
      await press(page, 'Tab', 'Enter');
      await page
        .getByRole('region', { name: 'Results' })
        .getByText(/^[\d,.]+ interactions$/)
        .waitFor();
    });

    it('walks the rows with a record open, and Esc gives the focus back to its row', async () => {
      await page.getByRole('gridcell').first().waitFor();
      await press(page, 'j', 'j', 'Enter');
      const first = page.getByRole('article');
      await first.waitFor();
      const opened = await first.getAttribute('aria-label');
      await press(page, 'ArrowDown');
      await expect
        .poll(() =>
          page
            .getByRole('article')
            .getAttribute('aria-label')
            .catch(() => opened),
        )
        .not.toBe(opened);
      const walkedTo = await page.getByRole('article').getAttribute('aria-label');
      await press(page, 'Escape');
      await page.getByRole('article').waitFor({ state: 'detached' });
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.closest('[role=row]')?.textContent ?? ''))
        .toContain(walkedTo);
    });

    it('gets the focus back from the shortcuts and from a question answered with no', async () => {
      await press(page, '?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      await press(page, 'Escape');
      await expectFocus(page);
      await press(page, 'Delete');
      await page.getByRole('dialog', { name: 'Move to bin' }).waitFor();
      await press(page, 'Escape');
      await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[role=row]') !== null)).toBe(true);
    });

    it('finds what there is to do by Ctrl K', async () => {
      await press(page, 'Control+k');
      await page.getByRole('combobox', { name: 'Search commands' }).waitFor();
      await page.keyboard.type('bin');
      await press(page, 'Enter');
      await page.getByRole('heading', { name: 'Bin' }).waitFor();
      await press(page, 'g', 'i');
      await page.getByRole('gridcell').first().waitFor();
    });

    it('records an interaction: types the first letters of a type, and leaves a list of suggestions by one Tab', async () => {
      await press(page, 'n');
      await page.getByRole('form', { name: 'New interaction' }).waitFor();
      await page.keyboard.type(title);
      await press(page, 'Tab');
      await page.keyboard.type('ca');
      await page.locator('[role=option][data-combobox-selected]', { hasText: 'Call' }).waitFor();
      await press(page, 'Enter', 'Tab');
      expect(await page.getByRole('combobox', { name: 'Type' }).inputValue()).toBe('Call');
      await page.keyboard.type('N');
      await page.getByRole('combobox', { name: 'Lead', expanded: true }).waitFor();
      await page.keyboard.type('ora Lind');
      await press(page, 'Tab');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('startDate');
      await page.keyboard.type('tomorrow');
      await press(page, 'Tab', 'Tab');
      await press(page, 'Control+Enter');
      await page.getByText(`“${title}” is saved.`).waitFor();
    });

    it('finds it, corrects it and moves it to the bin', async () => {
      await press(page, '/');
      await page.keyboard.type(title);
      await press(page, 'Enter');
      await page.getByText(/^1 of [\d,.]+$/).waitFor();
      await page.getByRole('gridcell', { name: title }).first().waitFor();
      await press(page, 'ArrowDown', 'e');
      await page.getByRole('form', { name: 'Edit interaction' }).waitFor();
      await press(page, 'End');
      await page.keyboard.type(' keeper');
      await press(page, 'Control+Enter');
      await page.getByRole('heading', { name: `${title} keeper` }).waitFor();
      await press(page, 'Delete');
      await page.getByRole('dialog', { name: 'Move to bin' }).waitFor();
      await press(page, 'Enter');
      await page.getByText(`“${title} keeper” is in the bin.`).waitFor();
      await page.getByText('No interactions match').waitFor();
      await expectFocus(page);
    });
  },
);
