import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, sitDown } from './browser.ts';
import { atFinder, enter, expirePassword, givenPerson, linkMailedTo, type NewPerson } from './people.ts';
import { checkScreen } from './screen-check.ts';

const journeys = inject('journeys');
const notRun = journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)';
const ended = 'Your session has ended. Sign in to go on where you were.';

const heading = (page: Page, name: string): Promise<void> => page.getByRole('heading', { name }).waitFor();
const newPassword = (page: Page) => page.getByLabel('New password', { exact: true });

describe.skipIf(!journeys)(`a person who forgot the password${notRun}`, () => {
  let browser: Browser;
  let person: NewPerson;
  let page: Page;
  let elsewhere: Page;
  let link: string;
  beforeAll(async () => {
    if (!journeys) return;
    browser = await launchBrowser(journeys);
    person = await givenPerson(journeys, 'forgetful');
    page = await sitDown(browser, journeys);
    elsewhere = await sitDown(browser, journeys);
    await elsewhere.goto('/');
    await enter(elsewhere, person.username, person.password);
    await atFinder(elsewhere);
  });
  afterAll(() => browser?.close());

  it('asks for a link, and is answered as anybody would be', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'Forgot password' }).click();
    await heading(page, 'Forgot your password');
    await checkScreen(page, 'forgot-password');
    await page.getByLabel('E-mail').fill(person.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText(`If ${person.email} belongs to somebody here`).waitFor();
    await checkScreen(page, 'forgot-password-asked');
  });

  it('opens the link of the mail, sees what a password must have, and chooses one', async () => {
    if (!journeys) return;
    link = await linkMailedTo(journeys, person.email, 'password-reset');
    await page.goto(link);
    await heading(page, 'Choose a new password');
    await expect.poll(() => page.url()).toBe(`${journeys.address}/reset-password`);
    await newPassword(page).fill('Lighthouse1');
    await page.getByText('a symbol, missing').waitFor();
    await checkScreen(page, 'reset-password');
    await page.getByRole('button', { name: 'Save password' }).click();
    await page.getByText('Password must have a symbol').waitFor();
    await checkScreen(page, 'reset-password-refused');
    await newPassword(page).fill('Windmill-2027!');
    await page.getByRole('button', { name: 'Save password' }).click();
    await page.getByText('Your password is changed. Sign in with the new one.').waitFor();
  });

  it('gets in with the new one alone, and is out wherever the old one was', async () => {
    await enter(page, person.username, person.password);
    await page.getByText('The username or the password is wrong.').waitFor();
    await enter(page, person.username, 'Windmill-2027!');
    await atFinder(page);
    // Nothing is touched there: the live connection ends with the sign-in.
    await elsewhere.getByText(ended).waitFor();
  });

  it('is led to a new link by the old one', async () => {
    const other = await page.context().newPage();
    await other.goto(link);
    await newPassword(other).fill('Drawbridge-2027!');
    await other.getByRole('button', { name: 'Save password' }).click();
    await heading(other, 'This link does not work any more');
    await checkScreen(other, 'link-gone');
    await other.getByRole('link', { name: 'Send a new link' }).click();
    await heading(other, 'Forgot your password');
  });
});

describe.skipIf(!journeys)(`a person whose password has expired${notRun}`, () => {
  let browser: Browser;
  let person: NewPerson;
  let page: Page;
  beforeAll(async () => {
    if (!journeys) return;
    browser = await launchBrowser(journeys);
    person = await givenPerson(journeys, 'expired');
    page = await sitDown(browser, journeys);
    await expirePassword(journeys, person.id);
  });
  afterAll(() => browser?.close());

  it('can do nothing but change it, wherever they go', async () => {
    await page.goto(`/s/${person.siteId}?search=budget`);
    await enter(page, person.username, person.password);
    await heading(page, 'Choose a new password');
    await checkScreen(page, 'change-password');
    await page.goto('/profile');
    await heading(page, 'Choose a new password');
    expect(await page.getByRole('navigation').count()).toBe(0);
    await page.goto(`/s/${person.siteId}?search=budget`);
    await heading(page, 'Choose a new password');
  });

  it('changes it without a mouse, and stands where they wanted to go', async () => {
    const { keyboard } = page;
    await keyboard.type('not the one');
    for (const key of ['Tab', 'Tab']) await keyboard.press(key);
    await keyboard.type('Sailboat-2027!');
    await keyboard.press('Enter');
    await page.getByText('Current password is wrong').waitFor();
    await keyboard.type(person.password);
    await keyboard.press('Enter');
    await page.getByText(/^[\d,.]+ of [\d,.]+$/).waitFor();
    expect(new URL(page.url()).search).toContain('search=budget');
  });
});
