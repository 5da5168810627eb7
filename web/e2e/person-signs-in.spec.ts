import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, openSite, signIn, sitDown } from './browser.ts';
import { atFinder, enter, givenPerson, linkMailedTo, type NewPerson, signedInAs } from './people.ts';
import { checkScreen } from './screen-check.ts';

const journeys = inject('journeys');
const wrong = 'The username or the password is wrong.';
const notRun = journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)';

/** What the form says once the server has answered. */
const answerTo = async (page: Page, username: string, password: string): Promise<string> => {
  const answered = page.waitForResponse('**/api/v1/auth/login');
  await enter(page, username, password);
  await answered;
  return page.getByRole('alert').innerText();
};

describe.skipIf(!journeys)(`a person signs in${notRun}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    if (journeys) browser = await launchBrowser(journeys);
  });
  afterAll(() => browser?.close());

  it('for the first time, without an error or a warning in the console', async () => {
    if (!journeys) return;
    const page = await sitDown(browser, journeys);
    const said: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(said).toEqual([]);
    await page.context().close();
  });

  it('by an account elsewhere, and stands where they wanted to go', async () => {
    if (!journeys?.external) return;
    const { user } = await signedInAs(journeys, journeys.external.username);
    const page = await sitDown(browser, journeys);
    const asked = `/s/${user.sites[0]?.id}?search=budget`;
    await page.goto(asked);
    await page.getByRole('link', { name: `Continue with ${journeys.external.label}` }).click();
    await page.getByText(/^[\d,.]+ of [\d,.]+$/).waitFor();
    expect(page.url()).toBe(journeys.address + asked);
    await page.getByRole('button', { name: `Account of ${user.displayName}` }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: `Account of ${user.displayName}` }).waitFor();
    await page.context().close();
  });

  it('on two sites in two tabs, and out of both at once', async () => {
    if (!journeys) return;
    const [first, second] = (await signedInAs(journeys, 'editor')).user.sites;
    const brussels = await sitDown(browser, journeys);
    await signIn(brussels, 'editor');
    await openSite(brussels);
    const lisbon = await brussels.context().newPage();
    await lisbon.goto(`/s/${second?.id}`);
    await atFinder(lisbon);
    const title = `Two tabs ${Date.now()}`;
    await lisbon.getByRole('link', { name: 'New interaction' }).click();
    await lisbon.getByRole('textbox', { name: 'Title' }).fill(title);
    await lisbon.getByRole('button', { name: 'Save as draft' }).click();
    await lisbon.getByText(`“${title}” is saved`).waitFor();
    await brussels.getByRole('searchbox', { name: 'Search interactions' }).fill(title);
    await brussels.getByText('No interactions match').waitFor();
    expect(new URL(brussels.url()).pathname).toBe(`/s/${first?.id}`);
    await brussels.getByRole('button', { name: /^Account of/ }).click();
    await brussels.getByRole('menuitem', { name: 'Sign out' }).click();
    await lisbon.getByText('Your session has ended. Sign in to go on where you were.').waitFor();
    await enter(lisbon, 'editor', 'Demo-2026!');
    await atFinder(lisbon);
    expect(new URL(lisbon.url()).pathname).toMatch(new RegExp(`^/s/${second?.id}`));
    await brussels.context().close();
  });
});

describe.skipIf(!journeys)(`somebody guesses a password${notRun}`, () => {
  let browser: Browser;
  let owner: NewPerson;
  let known: Page;
  beforeAll(async () => {
    if (!journeys) return;
    browser = await launchBrowser(journeys);
    owner = await givenPerson(journeys, 'guessed');
    known = await sitDown(browser, journeys);
    await known.goto('/');
    await enter(known, owner.username, owner.password);
    await atFinder(known);
    await known.goto('/sign-out');
    await known.getByRole('button', { name: 'Sign in' }).waitFor();
  });
  afterAll(() => browser?.close());

  it('five times; from then on the right one is answered as a wrong one, also from another browser', async () => {
    if (!journeys) return;
    const guesser = await sitDown(browser, journeys);
    await guesser.goto('/');
    for (const guess of ['one', 'two', 'three', 'four', 'five'])
      expect(await answerTo(guesser, owner.username, guess)).toBe(wrong);
    expect(await answerTo(guesser, owner.username, owner.password)).toBe(wrong);
    await checkScreen(guesser, 'sign-in-refused');
    const another = await sitDown(browser, journeys);
    await another.goto('/');
    expect(await answerTo(another, owner.username, owner.password)).toBe(wrong);
    await guesser.context().close();
    await another.context().close();
  });

  it('and the owner hears of it by mail, and gets in where they signed in before', async () => {
    if (!journeys) return;
    await linkMailedTo(journeys, owner.email, 'account-locked');
    await enter(known, owner.username, owner.password);
    await atFinder(known);
  });
});
