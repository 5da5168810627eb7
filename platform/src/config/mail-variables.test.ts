import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './load-config.ts';
import { mailHasSender, publicUrlIsSafe } from './rules.ts';
import { mailVariables } from './variables.ts';

const load = (environment: Record<string, string>) =>
  loadConfig(z.object(mailVariables), environment, [mailHasSender, publicUrlIsSafe]);

it('needs nothing to send mails as files', () => {
  expect(load({})).toEqual({ MAIL_FROM: 'IMS <ims@localhost>' });
});

it('takes a mail server with its sender, alone or behind a name', () => {
  const SMTP_URL = 'smtps://user:p%40ss@mail.example.org';
  for (const MAIL_FROM of ['ims@example.org', 'IMS Brussels <ims@example.org>']) {
    expect(load({ SMTP_URL, MAIL_FROM })).toMatchObject({ SMTP_URL, MAIL_FROM });
  }
  expect(() => load({ SMTP_URL })).toThrow(/MAIL_FROM: must be set for SMTP_URL/);
  expect(() => load({ SMTP_URL: 'http://mail.example.org' })).toThrow(/SMTP_URL: must be an address like smtp:/);
});

it.each([
  'IMS',
  'ims@example.org, all@example.org',
  'IMS <ims@example.org>\r\nBcc: all@example.org',
  'IMS <ims@exa mple.org>',
])('refuses %j as a sender', (MAIL_FROM) => {
  expect(() => load({ MAIL_FROM })).toThrow(/MAIL_FROM: must be a sender like/);
});

it('leads people to TLS, unless IMS is on their own machine', () => {
  for (const url of ['https://ims.example.org', 'http://localhost:3000', 'http://[::1]:3000']) {
    expect(load({ IMS_PUBLIC_URL: url }).IMS_PUBLIC_URL).toBe(url);
  }
  expect(() => load({ IMS_PUBLIC_URL: 'http://ims.example.org' })).toThrow(/IMS_PUBLIC_URL: must begin with https/);
  expect(() => load({ IMS_PUBLIC_URL: 'ims.example.org' })).toThrow(/IMS_PUBLIC_URL: must be an address/);
});
