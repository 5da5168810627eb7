import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMail } from '@ims/command-api/mail/read-mail';
import type { SignedIn } from '@ims/contracts/auth/api';
import { headers } from '@ims/contracts/header-names';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { Journeys } from './server.ts';

export const demoPassword = 'Demo-2026!';
const mailWithinMs = 20_000;

type Send = {
  readonly method?: 'POST' | 'DELETE';
  readonly path: string;
  readonly token?: string;
  readonly siteId?: string;
  readonly body: unknown;
};

const send = async <T>({ address }: Journeys, { method = 'POST', path, token, siteId, body }: Send): Promise<T> => {
  const response = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      [headers.idempotencyKey]: crypto.randomUUID(),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(siteId ? { [headers.siteId]: siteId } : {}),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<T>;
};

export const signedInAs = (journeys: Journeys, username: string, password = demoPassword): Promise<SignedIn> =>
  send(journeys, { path: '/auth/login', body: { username, password } });

export type NewPerson = {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly siteId: string;
};

/** What an administrator typed must be changed first; nobody stays signed in. */
const choosePassword = async (journeys: Journeys, username: string, typed: string, chosen: string): Promise<void> => {
  // The read tables may know a new person a moment after the command did.
  const { token } = await vi.waitFor(() => signedInAs(journeys, username, typed), { timeout: 5_000, interval: 200 });
  const body = { currentPassword: typed, newPassword: chosen };
  const changed = await send<SignedIn>(journeys, { path: '/auth/password/change', token, body });
  await send(journeys, { method: 'DELETE', path: '/auth/sessions', token: changed.token, body: {} });
};

/** Somebody whom no other journey knows, an editor of the demonstration's first site. */
export const givenPerson = async (journeys: Journeys, name: string): Promise<NewPerson> => {
  const username = `${name}-${Date.now().toString(36)}`;
  const person = { username, email: `${username}@journey.example` };
  const [typed, password] = ['Typed-For-2026!', 'Harbour-2026!'];
  const { token, user: admin } = await signedInAs(journeys, 'admin');
  const { user } = await send<{ user: { id: string } }>(journeys, {
    path: '/users',
    token,
    body: { ...person, displayName: `${name} of the journey`, password: typed },
  });
  const siteId = admin.sites[0]?.id ?? '';
  const path = `/sites/${siteId}/users`;
  await send(journeys, { path, token, siteId, body: { email: person.email, role: 'editor' } });
  await choosePassword(journeys, username, typed, password);
  return { ...person, password, id: user.id, siteId };
};

/** Invites somebody who has no account to the demonstration's first site; the link comes by mail. */
export const invite = async (journeys: Journeys, email: string): Promise<{ readonly siteId: string }> => {
  const { token, user } = await signedInAs(journeys, 'admin');
  const siteId = user.sites[0]?.id ?? '';
  await send(journeys, { path: `/sites/${siteId}/users`, token, siteId, body: { email, role: 'editor' } });
  return { siteId };
};

/** What the product has mailed to an address, as `<template> <link>`, the newest last. */
const mailsTo = async ({ home }: Journeys, email: string): Promise<readonly { name: string; link: string }[]> => {
  const folder = join(home, 'outbox');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml')).sort();
  const mails = await Promise.all(
    names.map(async (name) => ({ name, ...readMail(await readFile(join(folder, name), 'utf8')) })),
  );
  return mails.filter(({ headers: { to = '' } }) => to.includes(email));
};

/** Waits for a mail of that kind; answers the address that its link leads to. */
export const linkMailedTo = async (journeys: Journeys, email: string, template: string): Promise<string> => {
  let link: string | undefined;
  const look = async (): Promise<boolean> => {
    link = (await mailsTo(journeys, email)).findLast(({ name }) => name.includes(`-${template}-`))?.link;
    return link !== undefined;
  };
  await expect.poll(look, { timeout: mailWithinMs, interval: 200, message: `${template} to ${email}` }).toBe(true);
  return link ?? '';
};

/** Lets the password of a person expire, as ninety days would. */
export const expirePassword = async ({ home }: Journeys, userId: string): Promise<void> => {
  const [password, processFile] = await Promise.all([
    readFile(join(home, 'postgres.password'), 'utf8'),
    readFile(join(home, 'postgres', 'postmaster.pid'), 'utf8'),
  ]);
  const port = Number(processFile.split('\n')[3]);
  const database = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: password.trim(),
    database: 'ims',
  });
  await database.connect();
  const change = 'update write_side.credentials set must_change = true where user_id = $1';
  await database.query(change, [userId]);
  await database.end();
};

/** Fills the form of the sign-in page, which is open already. */
export const enter = async (page: Page, username: string, password: string): Promise<void> => {
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

/** The rows of the Finder are there. */
export const atFinder = (page: Page): Promise<void> =>
  page
    .getByRole('region', { name: 'Results' })
    .getByText(/interactions$/)
    .waitFor();
