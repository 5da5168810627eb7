import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, openSite, signIn, sitDown } from './browser.ts';

const journeys = inject('journeys');
const title = `Harbour lights ${Date.now()}`;
const retitled = `${title}, second talk`;

/** The row of the table that has the title as its link. */
const rowOf = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
const search = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('searchbox', { name: 'Search interactions' }).fill(text);
};

describe.skipIf(!journeys)(
  `a coordinator records an interaction${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let browser: Browser;
    let coordinator: Page;
    let colleague: Page;

    beforeAll(async () => {
      if (!journeys) return;
      browser = await launchBrowser(journeys);
      coordinator = await sitDown(browser, journeys);
      colleague = await sitDown(browser, journeys);
    });
    afterAll(() => browser?.close());

    it('comes back after signing in to the address that was asked for', async () => {
      await coordinator.goto('/choose-site');
      await coordinator.waitForURL(/\/sign-in\?to=%2Fchoose-site/);
      await signIn(coordinator, 'editor');
      const site = await openSite(coordinator);
      await signIn(colleague, 'admin');
      await openSite(colleague);
      await colleague.goto(`${site}?search=${encodeURIComponent(title)}`);
      await colleague.getByText('No interactions match').waitFor();
      expect(new URL(coordinator.url()).pathname).toBe(site);
    });

    it('records a new one, and a colleague sees it without reloading', async () => {
      await coordinator.getByRole('link', { name: 'New interaction' }).click();
      await coordinator.getByRole('textbox', { name: 'Title' }).fill(title);
      await coordinator.getByRole('combobox', { name: 'Type' }).click();
      await coordinator.getByRole('option', { name: 'Call' }).click();
      await coordinator.getByRole('combobox', { name: 'Lead' }).fill('Nora Lind');
      await coordinator.getByRole('button', { name: 'Save interaction' }).click();
      await coordinator.getByText(`“${title}” is saved.`).waitFor();
      await rowOf(colleague, title).waitFor();
    });

    it('finds it by typing a part of it', async () => {
      await search(coordinator, `harbour ${title.split(' ').at(-1)}`);
      await rowOf(coordinator, title).waitFor();
      await coordinator.getByText(/^1 of [\d,.]+$/).waitFor();
      expect(new URL(coordinator.url()).searchParams.get('search')).toContain('harbour');
    });

    it('corrects it, and the colleague’s row changes', async () => {
      await rowOf(coordinator, title).click();
      await coordinator.getByRole('link', { name: 'Edit' }).click();
      await coordinator.getByRole('textbox', { name: 'Title' }).fill(retitled);
      await coordinator.getByRole('button', { name: 'Save interaction' }).click();
      await coordinator.getByRole('heading', { name: retitled }).waitFor();
      await rowOf(colleague, retitled).waitFor();
    });

    it('moves it to the bin and is asked first', async () => {
      await coordinator.getByRole('button', { name: 'Move to bin' }).click();
      const dialog = coordinator.getByRole('dialog', { name: 'Move to bin' });
      await dialog.getByText(`Move “${retitled}” to the bin? It can be restored until`).waitFor();
      await dialog.getByRole('button', { name: 'Move to bin' }).click();
      await coordinator.getByText(`“${retitled}” is in the bin.`).waitFor();
      await rowOf(coordinator, retitled).waitFor({ state: 'detached' });
    });

    it('restores it from the bin', async () => {
      await coordinator.getByRole('link', { name: 'Bin' }).click();
      await coordinator.getByRole('button', { name: `Restore ${retitled}` }).click();
      await coordinator.getByText(`“${retitled}” is back.`).waitFor();
      await coordinator.getByRole('link', { name: 'Interactions', exact: true }).click();
      await search(coordinator, retitled);
      await rowOf(coordinator, retitled).waitFor();
    });

    it('is told when a colleague saved the same record first', async () => {
      await rowOf(coordinator, retitled).click();
      await coordinator.getByRole('link', { name: 'Edit' }).click();
      await coordinator.getByRole('combobox', { name: 'Location' }).fill('Pier 4');
      await colleague.goto(coordinator.url());
      await colleague.getByRole('combobox', { name: 'Location' }).fill('Pier 9');
      await colleague.getByRole('button', { name: 'Save interaction' }).click();
      await colleague.getByRole('heading', { name: retitled }).waitFor();
      await coordinator.getByRole('button', { name: 'Save interaction' }).click();
      const dialog = coordinator.getByRole('dialog', { name: /changed this interaction too/ });
      await dialog.getByText('Pier 9').click();
      await dialog.getByRole('button', { name: 'Save interaction' }).click();
      await coordinator.getByRole('heading', { name: retitled }).waitFor();
      await coordinator.getByRole('definition').getByText('Pier 9').waitFor();
    });

    it('is told when a colleague moved the record to the bin meanwhile', async () => {
      await coordinator.getByRole('link', { name: 'Edit' }).click();
      await coordinator.getByRole('combobox', { name: 'Location' }).fill('Pier 12');
      await colleague.getByRole('button', { name: 'Move to bin' }).click();
      await colleague.getByRole('dialog', { name: 'Move to bin' }).getByRole('button', { name: 'Move to bin' }).click();
      await colleague.getByText(`“${retitled}” is in the bin.`).waitFor();
      await coordinator.getByRole('button', { name: 'Save interaction' }).click();
      await coordinator.getByText('this interaction was moved to the bin meanwhile').waitFor();
      expect(await coordinator.getByRole('combobox', { name: 'Location' }).inputValue()).toBe('Pier 12');
    });

    it('asks for signs alone and is told what a search needs, not that something broke', async () => {
      await colleague.goto(new URL(coordinator.url()).pathname.split('/interactions')[0] ?? '/');
      await search(colleague, '%');
      await colleague.getByRole('heading', { name: /at least one letter or digit/ }).waitFor();
      expect(await colleague.getByRole('button', { name: 'Copy support code' }).count()).toBe(0);
    });

    it('never scrolls the page away under the table', async () => {
      const beyond = () => document.documentElement.scrollHeight - window.innerHeight;
      expect(await colleague.evaluate(beyond)).toBe(0);
    });
  },
);
