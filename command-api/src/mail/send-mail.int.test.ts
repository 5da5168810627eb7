import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool } from '@ims/platform/database/pool';
import { inTransaction } from '@ims/platform/database/transaction';
import { createLogger } from '@ims/platform/observability/logger';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { readMigrations } from '@ims/projector/migrations';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authMigrations } from '../auth/migrations.ts';
import { createFileTransport, createSmtpTransport, type MailTransport } from './mail-transport.ts';
import { createOutbox, type Mail, type Outbox } from './outbox.ts';
import { readMail } from './read-mail.ts';
import { createMailSender, readWaitingMail } from './send-mail.ts';
import { startTestMailServer, type TestMailServer } from './testing-mail-server.ts';

const from = 'IMS <ims@example.org>';
let database: TestDatabase;
let pool: pg.Pool;
let outbox: Outbox;
let server: TestMailServer | undefined;

beforeAll(async () => {
  database = await createTestDatabase([...readMigrations, ...authMigrations]);
  pool = createPool({ url: database.url('ims_command'), applicationName: 'test', pipeline: true });
  outbox = createOutbox({ pool, masterKey: testMasterKey });
});
beforeEach(() => pool.query('delete from write_side.outbox'));
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const lines: string[] = [];
const logger = createLogger({ component: 'test', level: 'info', destination: { write: (line) => lines.push(line) } });
const ended: string[] = [];
const senderBy = (transport: MailTransport, retryAfter = () => 0) =>
  createMailSender({ pool, outbox, transport, logger, retryAfter, ended: (how) => ended.push(how) });
const sendAll = async (sender: { round(): Promise<string> }): Promise<void> => {
  while ((await sender.round()) === 'more');
};

const resetFor = (to: string): Mail => ({
  template: 'password-reset',
  to,
  displayName: 'Émilie',
  timezone: 'Europe/Brussels',
  link: `http://localhost:3000/reset-password#token=${'x'.repeat(43)}`,
  expiresAt: '2026-07-01T10:00:00.000Z',
});
const rows = async () => {
  const { rows: found } = await pool.query<Record<string, unknown>>(
    'select id, sealed, attempts, sent_at, given_up_at, last_error from write_side.outbox order by created_at',
  );
  return found;
};

it('a mail that belongs to a change wakes the sender when the change is there, and a change that fails wakes nobody', async () => {
  const waitingWhenWoken: Promise<{ readonly count: number }>[] = [];
  const written = () => void waitingWhenWoken.push(readWaitingMail(pool));
  const waking = createOutbox({ pool, masterKey: testMasterKey, written });
  const lifeSeconds = 60;
  await inTransaction(pool, (client) => waking.put(resetFor('emilie@example.org'), { lifeSeconds, client }));
  const failing = inTransaction(pool, async (client) => {
    await waking.put(resetFor('zoe@example.org'), { lifeSeconds, client });
    throw new Error('The change failed');
  });
  await expect(failing).rejects.toThrow('The change failed');
  expect(await Promise.all(waitingWhenWoken)).toMatchObject([{ count: 1 }]);
});

describe('mail by SMTP', () => {
  it('reaches its reader with both parts, one Message-ID and nothing left behind', async () => {
    server = await startTestMailServer();
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    expect(await readWaitingMail(pool)).toMatchObject({ count: 1 });
    await sendAll(senderBy(createSmtpTransport({ url: server.url, from })));
    const [row] = await rows();
    const [mail, ...more] = server.received;
    expect([mail?.from, mail?.to, more]).toEqual(['ims@example.org', ['emilie@example.org'], []]);
    const { headers, text, html, link } = readMail(mail?.source ?? '');
    expect(headers).toMatchObject({
      'message-id': `<${String(row?.id)}@example.org>`,
      subject: 'Choose a new password for IMS',
      'auto-submitted': 'auto-generated',
    });
    expect(link).toBe(`http://localhost:3000/reset-password#token=${'x'.repeat(43)}`);
    expect(text).toContain('Good day Émilie,');
    expect(html).toContain(`href="${link}"`);
    expect(row).toMatchObject({ sealed: '', attempts: 1, given_up_at: null, sent_at: expect.any(Date) });
    expect([await readWaitingMail(pool), lines.join().includes('emilie')]).toEqual([
      { count: 0, oldestSeconds: 0 },
      false,
    ]);
  });

  it('survives an outage of the server', async () => {
    server = await startTestMailServer();
    const { url } = server;
    await server.close();
    const sender = senderBy(createSmtpTransport({ url, from }));
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    expect([await sender.round(), await sender.round()]).toEqual(['later', 'later']);
    expect(await rows()).toMatchObject([
      { attempts: 2, sent_at: null, last_error: expect.stringMatching(/^ESOCKET|^ECONN/) },
    ]);
    server = await startTestMailServer({}, Number(new URL(url).port));
    await sendAll(sender);
    expect(server.received).toHaveLength(1);
  });

  it('waits longer after each try, and gives up at the end of a mail’s life', async () => {
    const away: MailTransport = { send: () => Promise.reject(Object.assign(new Error('x'), { code: 'ESOCKET' })) };
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    const sender = senderBy(away, () => 7_200);
    expect([await sender.round(), await sender.round()]).toEqual(['later', 'idle']);
    const { rows: due } = await pool.query('select next_attempt_at = expires_at as at_its_end from write_side.outbox');
    expect(due).toEqual([{ at_its_end: true }]);
    await pool.query('update write_side.outbox set expires_at = now(), next_attempt_at = now()');
    await sendAll(sender);
    expect(await rows()).toMatchObject([{ sealed: '', sent_at: null, given_up_at: expect.any(Date) }]);
    expect(lines.at(-1)).toContain('Mail given up');
  });

  it('gives up at once a reader whom the server refuses, and sends the others', async () => {
    server = await startTestMailServer({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('gone') ? done(Object.assign(new Error('User unknown'), { responseCode: 550 })) : done(),
    });
    ended.length = 0;
    await outbox.put(resetFor('gone@example.org'), { lifeSeconds: 3_600 });
    await outbox.put(resetFor('a@example.org, b@example.org'), { lifeSeconds: 3_600 });
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    await sendAll(senderBy(createSmtpTransport({ url: server.url, from })));
    expect(server.received.map(({ to }) => to)).toEqual([['emilie@example.org']]);
    expect(ended).toEqual(['given-up', 'given-up', 'sent']);
    expect(await rows()).toMatchObject([{ last_error: 'EENVELOPE 550 RCPT TO', sealed: '' }, { attempts: 1 }, {}]);
  });

  it('is sent once when two senders are at work', async () => {
    server = await startTestMailServer();
    const { url } = server;
    for (let at = 0; at < 30; at += 1) await outbox.put(resetFor(`p${at}@example.org`), { lifeSeconds: 3_600 });
    await Promise.all([1, 2, 3].map(() => sendAll(senderBy(createSmtpTransport({ url, from })))));
    const readers = server.received.flatMap(({ to }) => to);
    expect([readers.length, new Set(readers).size]).toEqual([30, 30]);
  });

  it('is taken up by another sender after one died, under the same Message-ID', async () => {
    server = await startTestMailServer();
    const transport = createSmtpTransport({ url: server.url, from });
    let comeBack = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      comeBack = resolve;
    });
    const dying: MailTransport = { send: (letter) => transport.send(letter).then(() => gone) };
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    const died = senderBy(dying).round();
    const first = server;
    await expect.poll(() => first.received.length).toBe(1);
    expect(await senderBy(transport).round()).toBe('idle');
    await pool.query('update write_side.outbox set next_attempt_at = now()');
    await sendAll(senderBy(transport));
    const ids = server.received.map(({ source }) => readMail(source).headers['message-id']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    comeBack();
    await died;
  });

  it('never goes in clear over a network that was not named private', async () => {
    server = await startTestMailServer();
    // Another name of this machine than those that count as such.
    const elsewhere = server.url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    await senderBy(createSmtpTransport({ url: elsewhere, from })).round();
    expect([server.received.length, (await rows())[0]?.last_error]).toEqual([
      0,
      expect.stringMatching(/ETLS|STARTTLS/),
    ]);
    await sendAll(senderBy(createSmtpTransport({ url: `${elsewhere}?tls=false`, from })));
    expect(server.received).toHaveLength(1);
  });

  it('forgets what was sent 30 days ago', async () => {
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    await pool.query(
      `update write_side.outbox set sent_at = now() - case when id = (select min(id::text)::uuid from write_side.outbox) then interval '31 days' else interval '29 days' end`,
    );
    await senderBy({ send: () => Promise.reject(new Error('Nothing is due')) }).round();
    expect(await rows()).toHaveLength(1);
  });
});

describe('mail without a server', () => {
  it('stands in a file of its own that only its owner can read', async () => {
    const home = await mkdtemp(join(tmpdir(), 'ims-outbox-'));
    const folder = join(home, 'outbox');
    await outbox.put(resetFor('emilie@example.org'), { lifeSeconds: 3_600 });
    await sendAll(senderBy(createFileTransport({ folder, from })));
    const [name = '', ...more] = await readdir(folder);
    expect([name, more]).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d-]+Z-password-reset-[0-9a-f-]{36}\.eml$/),
      [],
    ]);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const mail = readMail(await readFile(join(folder, name), 'utf8'));
    expect([mail.headers.to, mail.link]).toEqual([
      expect.stringContaining('emilie@example.org'),
      `http://localhost:3000/reset-password#token=${'x'.repeat(43)}`,
    ]);
    await rm(home, { recursive: true });
  });
});
