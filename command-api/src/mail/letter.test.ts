import { expect, it } from 'vitest';
import { composeLetter } from './compose-letter.ts';
import { html } from './html.ts';
import { instantIn } from './letter.ts';
import { publicLinks } from './links.ts';
import { isRefusedForGood, problemOf } from './mail-transport.ts';
import type { Mail } from './outbox.ts';
import { retrySeconds } from './send-mail.ts';

const reader = { to: 'emilie@example.org', displayName: 'Émilie', timezone: 'Europe/Brussels' };
const link = 'https://ims.example.org/reset-password#token=abc';
const expiresAt = '2026-07-01T10:00:00.000Z';
const mails: readonly Mail[] = [
  { ...reader, template: 'password-reset', link, expiresAt },
  { ...reader, template: 'welcome', username: 'emilie', link, expiresAt },
  { ...reader, template: 'invitation', siteName: 'Brussels', inviter: 'Ada', link, expiresAt },
  { ...reader, template: 'added-to-site', siteName: 'Brussels', role: 'editor', link },
  { ...reader, template: 'account-locked', until: expiresAt, link },
  { ...reader, template: 'password-changed', at: expiresAt, link },
  { ...reader, template: 'email-changed', at: expiresAt, link },
  { ...reader, template: 'identity-linked', issuer: 'Our house', at: expiresAt, link },
];

it.each(mails)('says $template calmly, in text and HTML, with its link and the reader’s time', (mail) => {
  const { subject, text, html: page, to } = composeLetter({ id: '1', mail });
  expect(to).toEqual({ name: 'Émilie', address: 'emilie@example.org' });
  expect(`${subject}${text}`).not.toMatch(/!|please|successfully/i);
  expect([text.includes(`\n${link}\n`), page.includes(`href="${link}"`)]).toEqual([true, true]);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.max(72, link.length));
  if (mail.template === 'added-to-site') expect(text).toContain('an editor of the site Brussels');
  else expect(text.replaceAll('\n', ' ')).toContain('1 July 2026, 12:00 (Europe/Brussels)');
});

it('shows what people call themselves and never runs it', () => {
  const siteName = '<script>alert("1")</script> & Co';
  const mail: Mail = { ...reader, template: 'invitation', siteName, inviter: '"><img src=x>', link, expiresAt };
  const { html: page, text } = composeLetter({ id: '1', mail });
  expect(page).not.toMatch(/<script|<img/);
  expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Co');
  expect(text).toContain('<script>');
});

it('lets no name begin a header of its own', () => {
  const names = { displayName: 'Eve\r\nBcc: all@example.org', siteName: 'A\r\nBcc: all@example.org' };
  const { to, subject } = composeLetter({
    id: '1',
    mail: { ...reader, ...names, template: 'invitation', inviter: 'x'.repeat(500), link, expiresAt },
  });
  expect(to.name).toBe('Eve Bcc: all@example.org');
  expect(subject).toBe('Invitation to A Bcc: all@example.org in IMS');
});

it('keeps escaped what is put together from escaped pieces', () => {
  const items = ['<a>', '&'].map((text) => html`<li>${text}</li>`);
  expect(html`<ul title="${`"'`}">${items}</ul>`.source).toBe(
    '<ul title="&quot;&#39;"><li>&lt;a&gt;</li><li>&amp;</li></ul>',
  );
});

it('says UTC where a reader’s zone is not known here', () => {
  expect(instantIn(expiresAt, 'Europe/Brussel')).toBe('1 July 2026, 10:00 (UTC)');
});

it('keeps the path under which IMS is served in every link', () => {
  expect(publicLinks('https://example.org/ims/')).toMatchObject({ home: 'https://example.org/ims/' });
  expect(publicLinks('https://example.org/ims/').resetPassword('t_-')).toBe(
    'https://example.org/ims/reset-password#token=t_-',
  );
  expect(publicLinks('http://localhost:3000').invitation('t')).toBe('http://localhost:3000/invitation#token=t');
});

it('tries again after 10 s, then ever later, an hour at most', () => {
  expect([1, 2, 3, 9, 10, 500].map((attempts) => retrySeconds(attempts, () => 0.5))).toEqual([
    10, 20, 40, 2_560, 3_600, 3_600,
  ]);
  expect([retrySeconds(1, () => 0), retrySeconds(1, () => 1)]).toEqual([8, 12]);
});

it('gives up what the server refuses for its reader, and not what it refuses for itself', () => {
  const failure = (code: string, responseCode: number, command: string) =>
    Object.assign(new Error('550 <emilie@example.org> unknown'), { code, responseCode, command });
  expect(isRefusedForGood(failure('EENVELOPE', 550, 'RCPT TO'))).toBe(true);
  expect(isRefusedForGood(failure('EMESSAGE', 554, 'DATA'))).toBe(true);
  expect(isRefusedForGood(failure('EENVELOPE', 450, 'RCPT TO'))).toBe(false);
  expect(isRefusedForGood(failure('EAUTH', 535, 'AUTH PLAIN'))).toBe(false);
  expect(isRefusedForGood(failure('EENVELOPE', 550, 'MAIL FROM'))).toBe(false);
  expect(problemOf(failure('EENVELOPE', 550, 'RCPT TO'))).toBe('EENVELOPE 550 RCPT TO');
});
