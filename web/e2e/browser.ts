import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Journeys } from './server.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
const password = 'Demo-2026!';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const widths = { desktop: 1_440, phone: 390 } as const;
export type Device = keyof typeof widths;
const height = 900;
const patienceMs = 15_000;

export const launchBrowser = ({ chromium: executablePath }: Journeys): Promise<Browser> =>
  chromium.launch({ executablePath, args: quiet });

type Seat = { readonly width?: number; readonly colorScheme?: 'light' | 'dark' };

/** Somebody at a screen of their own: a browser context that shares nothing with others. */
export const sitDown = async (
  browser: Browser,
  { address }: Journeys,
  { width = widths.desktop, colorScheme = 'light' }: Seat = {},
): Promise<Page> => {
  const settings: BrowserContextOptions = {
    baseURL: address,
    viewport: { width, height },
    colorScheme,
    timezoneId: 'Europe/Brussels',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  };
  const context = await browser.newContext(settings);
  context.setDefaultTimeout(patienceMs);
  return context.newPage();
};

export const signIn = async (page: Page, username: string): Promise<void> => {
  await page.goto('/');
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

/** Opens a site by its place in the list; waits for its rows. Returns the address of its Finder. */
export const openSite = async (page: Page, at = 0): Promise<string> => {
  await page.getByRole('heading', { name: 'Choose a site' }).waitFor();
  await page.getByRole('listitem').nth(at).getByRole('button').click();
  await page
    .getByRole('region', { name: 'Results' })
    .getByText(/^[\d,.]+ interactions$/)
    .waitFor();
  return new URL(page.url()).pathname;
};

const axeIsThere = `typeof axe === 'object'`;
/** Only what was found wrong leaves the page: describing every element that is right takes axe longer than looking. */
const runAxe = `axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })
  .then(({ violations }) => violations)`;

/** Fails with what axe found, in words a developer can act on. */
export const expectAccessible = async (page: Page, screen: string): Promise<void> => {
  if (!(await page.evaluate(axeIsThere))) await page.evaluate(axe);
  const violations = (await page.evaluate(runAxe)) as AxeResults['violations'];
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  );
  expect.soft(found, screen).toEqual([]);
};

/** Keeps a picture of the screen for people to look at, when SCREENSHOTS names a folder. */
export const photograph = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
};
