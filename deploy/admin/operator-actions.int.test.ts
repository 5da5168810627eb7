import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { securityStream } from '@ims/contracts/ids';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPassword } from '../demo/demo-organization.ts';
import { founder } from '../launcher/first-administrator.ts';
import { mailsIn, tokenIn } from '../testing/mails-in.ts';
import { type RunningProduct, runProduct } from '../testing/running-product.ts';
import { type Admin, openAdmin } from './open-admin.ts';
import { createByOperator, resetByOperator, unlockByOperator } from './operator-actions.ts';

let running: RunningProduct;
let home: string;
let admin: Admin;
beforeAll(async () => {
  running = await runProduct();
  home = await mkdtemp(join(tmpdir(), 'ims-admin-'));
  const IMS_MASTER_KEY_FILE = join(home, 'master.key');
  await writeFile(IMS_MASTER_KEY_FILE, testMasterKey.bytes.toString('hex'), { mode: 0o600 });
  admin = await openAdmin({ DATABASE_URL: running.databaseUrl, IMS_HOME: home, IMS_MASTER_KEY_FILE });
});
afterAll(async () => {
  await admin?.close();
  await running?.stop();
  await rm(home, { recursive: true, force: true });
});

/** As whom the log has it that a link was handed on or mailed. */
const recordedLinks = async () => {
  const events = await admin.codec.openAll(
    await running.product.log.readStream(securityStream(new Date().toISOString())),
  );
  return events.flatMap((event) =>
    event.type === 'PasswordResetSent' ? [{ actorId: event.metadata.actorId, by: event.data.by }] : [],
  );
};
const signIn = async (username: string, password: string): Promise<number> =>
  (await running.anonymous('POST', '/api/v1/auth/login', { body: { username, password } })).status;
const choose = async (token: string, newPassword: string): Promise<number> =>
  (await running.anonymous('POST', '/api/v1/auth/password/reset', { body: { token, newPassword } })).status;

it('an operator unlocks an account beside the product that runs', async () => {
  for (let guess = 0; guess < 5; guess += 1) await signIn('viewer', 'Wrong-2026!');
  expect(await signIn('viewer', demoPassword)).toBe(401);
  expect(await unlockByOperator(admin, 'VIEWER')).toBe('VIEWER can sign in again.\n');
  expect(await signIn('viewer', demoPassword)).toBe(200);
  expect(await unlockByOperator(admin, 'viewer')).toBe('viewer was not locked.\n');
  await expect(unlockByOperator(admin, 'no\u0000body')).rejects.toThrow(/^Nobody is called/);
});

it('an operator hands on a link that sets a new password, once', async () => {
  const said = await resetByOperator(admin, 'editor');
  const token = /^http:\/\/localhost:3000\/reset-password#token=(\S+)\n/.exec(said)?.[1] ?? '';
  expect([await choose(token, 'Chosen-2026!'), await choose(token, 'Other-2026!')]).toEqual([200, 400]);
  expect([await signIn('editor', 'Chosen-2026!'), await signIn('editor', 'Other-2026!')]).toEqual([200, 401]);
  await expect.poll(recordedLinks, { timeout: 10_000 }).toContainEqual({ actorId: founder, by: 'administrator' });
});

it('an administrator who is created by mail chooses their own password', async () => {
  const email = 'grace@example.org';
  const create = { kind: 'create', username: 'grace', email, displayName: 'Grace Root', byMail: true } as const;
  expect(await createByOperator(admin, create, undefined)).toContain('mailed to grace@example.org');
  await running.product.projector.whenCaughtUp(await running.product.log.headPosition());
  const [mail] = await mailsIn(running.databaseUrl, email);
  expect(mail).toMatchObject({ template: 'welcome', displayName: 'Grace Root', username: 'grace' });
  expect(await choose(tokenIn(mail), 'Chosen-2026!')).toBe(200);
  const { body } = await running.anonymous('POST', '/api/v1/auth/login', {
    body: { username: 'grace', password: 'Chosen-2026!' },
  });
  expect(body.user.systemRoles).toEqual(['administrator']);
  await expect(createByOperator(admin, create, undefined)).rejects.toThrow(/./);
});

it('an operator is told what a password lacks, and nobody is created', async () => {
  const create = {
    kind: 'create',
    username: 'ada2',
    email: 'ada2@example.org',
    displayName: undefined,
    byMail: false,
  } as const;
  await expect(createByOperator(admin, create, { text: 'short', mustChange: false })).rejects.toThrow(/Password must/);
  await expect(resetByOperator(admin, 'ada2')).rejects.toThrow('Nobody is called ada2.');
});
