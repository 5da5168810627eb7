import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser, sitDown } from './browser.ts';
import { atFinder, enter, givenPerson, invite, linkMailedTo, type NewPerson } from './people.ts';
import { checkScreen } from './screen-check.ts';

const journeys = inject('journeys');
const notRun = journeys ? '' : ' (not run: no Chromium found, set CHROMIUM_PATH)';

describe.skipIf(!journeys)(`a person who was invited${notRun}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    if (journeys) browser = await launchBrowser(journeys);
  });
  afterAll(() => browser?.close());

  it('opens the link of the mail, says who they are, and stands on the site', async () => {
    if (!journeys) return;
    const email = `invited-${Date.now().toString(36)}@journey.example`;
    const { siteId } = await invite(journeys, email);
    const page = await sitDown(browser, journeys);
    await page.goto(await linkMailedTo(journeys, email, 'invitation'));
    await page.getByText(email).waitFor();
    expect(page.url()).toBe(`${journeys.address}/invitation`);
    await page.getByLabel('Your name').fill('Ingrid Invited');
    await checkScreen(page, 'invitation');
    await page.getByLabel('Password', { exact: true }).fill('Lighthouse-2027!');
    await page.getByRole('button', { name: 'Accept invitation' }).click();
    await atFinder(page);
    expect(new URL(page.url()).pathname).toBe(`/s/${siteId}`);
    await page.getByRole('button', { name: 'Account of Ingrid Invited' }).waitFor();
    await page.context().close();
  });
});

describe.skipIf(!journeys)(`a person looks after the profile${notRun}`, () => {
  let browser: Browser;
  let person: NewPerson;
  let page: Page;
  let elsewhere: Page;
  const finder = () => `/s/${person.siteId}`;
  beforeAll(async () => {
    if (!journeys) return;
    browser = await launchBrowser(journeys);
    person = await givenPerson(journeys, 'careful');
    page = await sitDown(browser, journeys);
    elsewhere = await sitDown(browser, journeys);
    for (const one of [page, elsewhere]) {
      await one.goto('/');
      await enter(one, person.username, person.password);
      await atFinder(one);
    }
  });
  afterAll(() => browser?.close());

  it('changes name and time zone, and another tab has the name at once', async () => {
    const tab = await page.context().newPage();
    await tab.goto(finder());
    await atFinder(tab);
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Profile' }).click();
    await page.getByText('This one').waitFor();
    await checkScreen(page, 'profile');
    await page.getByLabel('Name', { exact: true }).fill('Cara Careful');
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Tokyo');
    await page.getByRole('option', { name: 'Asia/Tokyo' }).click();
    await page.getByRole('button', { name: 'Save profile' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await tab.getByRole('button', { name: 'Account of Cara Careful' }).waitFor();
    await tab.close();
  });

  it('changes the password, and is signed out elsewhere', async () => {
    await page.getByRole('button', { name: 'Change password' }).click();
    await checkScreen(page, 'profile-password');
    await page.getByLabel('Current password', { exact: true }).fill(person.password);
    await page.getByLabel('New password', { exact: true }).fill('Lighthouse-2027!');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Changed; your other browsers are signed out').waitFor();
    await elsewhere.getByRole('link', { name: 'New interaction' }).click();
    await elsewhere.getByText('Your session has ended.', { exact: false }).waitFor();
    await enter(elsewhere, person.username, 'Lighthouse-2027!');
    await elsewhere.getByRole('form', { name: 'New interaction' }).waitFor();
  });

  it('signs out one browser, and then everywhere', async () => {
    await page.reload();
    await page.getByRole('button', { name: /^Sign out Chrom/ }).click();
    await expect.poll(() => page.getByRole('button', { name: /^Sign out Chrom/ }).count()).toBe(0);
    const tab = await page.context().newPage();
    await tab.goto(finder());
    await atFinder(tab);
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('You are signed out everywhere.').waitFor();
    await tab.getByText('You are signed out everywhere.').waitFor();
  });
});
