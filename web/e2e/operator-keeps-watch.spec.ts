import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, signIn, sitDown } from './browser.ts';

const journeys = inject('journeys');
const rebuildWithinMs = 60_000;
const switchedWithinMs = 10_000;

const projection = (page: Page, name: string) => page.locator('tbody').filter({ has: page.getByText(name) });
/** The version that everybody reads, e.g. `Version 2`. */
const readVersion = async (page: Page, name: string): Promise<string> =>
  (
    await projection(page, name).getByRole('row').filter({ hasText: 'Everybody' }).getByRole('rowheader').innerText()
  ).trim();
const newest = (page: Page) => page.getByRole('region', { name: 'What was asked' }).getByRole('listitem').first();

describe.skipIf(!journeys)(
  `an operator keeps watch${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let browser: Browser;
    let operator: Page;
    let before: string;

    beforeAll(async () => {
      if (!journeys) return;
      browser = await launchBrowser(journeys);
      operator = await sitDown(browser, journeys);
    });
    afterAll(() => browser?.close());

    it('lands on Operations without any site, and sees every projection', async () => {
      await signIn(operator, 'operator');
      await operator.getByRole('heading', { name: 'Operations' }).waitFor();
      expect(new URL(operator.url()).pathname).toBe('/operations');
      for (const name of ['interactions', 'statistics', 'suggestions', 'access', 'users'])
        await projection(operator, name).getByText('Live').first().waitFor();
    });

    it('rebuilds the statistics, after an estimate', async () => {
      before = await readVersion(operator, 'statistics');
      await operator.getByRole('button', { name: 'Rebuild statistics' }).click();
      const dialog = operator.getByRole('dialog', { name: 'Rebuild statistics' });
      await dialog.getByRole('button', { name: 'Show estimate' }).click();
      await dialog.getByRole('status').getByText(/event/).waitFor({ timeout: rebuildWithinMs });
      await dialog.getByRole('button', { name: 'Rebuild statistics' }).click();
      await dialog.waitFor({ state: 'detached' });
      await newest(operator).getByText('Rebuild statistics').waitFor();
    });

    it('sees it done, and readers on the new version', async () => {
      await operator.getByText('Rebuild statistics: done.').waitFor({ timeout: rebuildWithinMs });
      await newest(operator).getByText('Done').waitFor();
      await expect.poll(() => readVersion(operator, 'statistics'), { timeout: switchedWithinMs }).not.toBe(before);
    });

    it('rolls back, after having confirmed it', async () => {
      await operator.getByRole('button', { name: /^Roll back to version \d+ of statistics/ }).click();
      await operator
        .getByRole('dialog')
        .getByRole('button', { name: /^Roll back to version/ })
        .click();
      await operator.getByText(/^Roll back statistics to version \d+: done\.$/).waitFor({ timeout: rebuildWithinMs });
      await expect.poll(() => readVersion(operator, 'statistics'), { timeout: switchedWithinMs }).toBe(before);
    });

    it('verifies it, and reads that no row differs', async () => {
      await operator.getByRole('button', { name: `Actions for statistics ${before.toLowerCase()}` }).click();
      await operator.getByRole('menuitem', { name: /^Verify/ }).click();
      await operator.getByText('Verify statistics', { exact: false }).first().waitFor();
      await projection(operator, 'statistics')
        .getByRole('row')
        .filter({ hasText: 'Everybody' })
        .getByText(/^No differences/)
        .waitFor({ timeout: rebuildWithinMs });
    });

    it('is refused nothing silently: dropping the version in use is not offered', async () => {
      await operator.getByRole('button', { name: `Actions for statistics ${before.toLowerCase()}` }).click();
      await operator.getByRole('menuitem', { name: /^Verify/ }).waitFor();
      expect(await operator.getByRole('menuitem', { name: /^Drop/ }).count()).toBe(0);
    });
  },
);
