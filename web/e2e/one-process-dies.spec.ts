import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, openSite, signIn, sitDown } from './browser.ts';

const journeys = inject('journeys');
/** A projection changes hands five seconds after its projector died. */
const patienceMs = 30_000;
/** After that the app has repeated a command as often as it does by itself. */
const appRetriesMs = 15_000;

type Processes = Readonly<Record<string, { readonly pid: number }>>;

const processes = async (): Promise<Processes> => JSON.parse(await readFile(journeys?.processes ?? '', 'utf8'));

const kill = async (name: string): Promise<void> => {
  const found = (await processes())[name];
  if (!found) throw new Error(`There is no process ${name}`);
  process.kill(found.pid, 'SIGKILL');
};

const rowOf = (page: Page, name: string) => page.getByRole('link', { name, exact: true });

/** Saves; where the app gave up before the process was back, once more: what was typed is still there. */
const save = async (page: Page, title: string): Promise<void> => {
  const button = page.getByRole('button', { name: 'Save interaction' });
  const saved = page.getByText(`“${title}” is saved.`);
  await button.click();
  const isSaved = await saved.waitFor({ timeout: appRetriesMs }).then(
    () => true,
    () => false,
  );
  if (isSaved) return;
  await untilUp(new URL('/api/v1/health', page.url()).href);
  expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe(title);
  await button.click();
  await saved.waitFor();
};

const untilUp = async (address: string): Promise<void> => {
  const status = async (): Promise<unknown> => {
    const answer = await fetch(address).catch(() => undefined);
    return answer && ((await answer.json()) as { status: unknown }).status;
  };
  await expect.poll(status, { timeout: 2 * patienceMs, interval: 500 }).toBe('UP');
};

describe.skipIf(!journeys)(
  `a process dies while people work${journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)'}`,
  () => {
    let browser: Browser;
    let coordinator: Page;
    let colleague: Page;
    let site: string;

    beforeAll(async () => {
      if (!journeys) return;
      browser = await launchBrowser(journeys);
      coordinator = await sitDown(browser, journeys);
      colleague = await sitDown(browser, journeys);
      for (const page of [coordinator, colleague]) page.setDefaultTimeout(patienceMs);
      await coordinator.goto('/');
      await signIn(coordinator, 'editor');
      site = await openSite(coordinator);
      await colleague.goto('/');
      await signIn(colleague, 'admin');
      await openSite(colleague);
    });
    afterAll(() => browser?.close());

    it.each([
      'command-api-1',
      'query-api-1',
      'command-api-2',
      'query-api-2',
      'projector-1',
      'projector-2',
      'nats-server',
      'redis-server',
      'gateway',
    ])('%s: the coordinator saves, the colleague sees it, and nobody notices more than a pause', async (name) => {
      const title = `Ebb and flow ${name} ${Date.now()}`;
      await colleague.goto(`${site}?search=${encodeURIComponent(title)}`);
      await colleague.getByText('No interactions match').waitFor();
      await coordinator.goto(site);
      await coordinator.getByRole('link', { name: 'New interaction' }).click();
      await coordinator.getByRole('textbox', { name: 'Title' }).fill(title);
      await coordinator.getByRole('combobox', { name: 'Type' }).click();
      await coordinator.getByRole('option', { name: 'Call' }).click();
      await coordinator.getByRole('combobox', { name: 'Lead' }).fill('Nora Lind');

      await kill(name);
      await save(coordinator, title);
      await rowOf(colleague, title).waitFor();
      expect(await rowOf(colleague, title).count()).toBe(1);
    });

    it('shows everything once at the end, and health is UP again', async () => {
      await untilUp(new URL('/api/v1/health', coordinator.url()).href);
      await coordinator.goto(`${site}?search=${encodeURIComponent('"Ebb and flow"')}`);
      await coordinator.getByText(/^9 of [\d,.]+$/).waitFor();
    });
  },
);
