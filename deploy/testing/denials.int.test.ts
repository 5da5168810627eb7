import { randomUUID } from 'node:crypto';
import { securityStream } from '@ims/contracts/ids';
import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningProduct, runProduct } from './running-product.ts';

let running: RunningProduct;
let owner: pg.Pool;
beforeAll(async () => {
  running = await runProduct();
  owner = createPool({ url: running.databaseUrl, applicationName: 'test-owner', max: 2 });
});
afterAll(async () => {
  await owner?.end();
  await running?.stop();
});

/** What the log says of this person's refused calls of today. */
const denialsOf = async (userId: string) => {
  const codec = createCodec({ keyStore: createPostgresKeyStore(owner), masterKey: testMasterKey });
  const events = await codec.openAll(await running.product.log.readStream(securityStream(new Date().toISOString())));
  return events.flatMap(({ type, data, metadata }) =>
    type === 'AccessDenied' && data.userId === userId
      ? [{ operation: data.operation, reason: data.reason, times: data.times, siteId: metadata.siteId, ip: data.ip }]
      : [],
  );
};

it('both APIs bring refused calls into the log, under the person and the site they were about', async () => {
  const { call, userId } = await running.signIn('viewer');
  const { brussels: siteId, lisbon } = running.sites;
  const record = `/api/v1/interactions/${randomUUID()}`;
  const body = { title: 'Mine now' };
  const statuses = [
    (await call('GET', '/api/v1/interactions', { siteId: lisbon })).status,
    (await call('GET', record, { siteId })).status,
    (await call('POST', '/api/v1/interactions', { siteId, body })).status,
  ];
  expect(statuses).toEqual([403, 404, 403]);
  for (let again = 0; again < 50; again += 1) await call('POST', '/api/v1/interactions', { siteId, body });
  const denial = { times: 1, ip: expect.stringContaining('127.0.0.1') };
  await expect
    .poll(() => denialsOf(userId), { timeout: 10_000, interval: 100 })
    .toEqual(
      expect.arrayContaining([
        { ...denial, operation: 'GET /api/v1/interactions', reason: 'no-role', siteId: lisbon },
        { ...denial, operation: 'GET /api/v1/interactions/:id', reason: 'no-such-record', siteId },
        { ...denial, operation: 'POST /api/v1/interactions', reason: 'not-allowed', siteId },
      ]),
    );
  const edits = (await denialsOf(userId)).filter(({ operation }) => operation.startsWith('POST'));
  expect(edits).toHaveLength(1);
});

it('somebody who asks for a site or enters one that is not theirs is recorded with that site', async () => {
  const { call, userId } = await running.signIn('editor');
  const { helsinki: siteId } = running.sites;
  expect((await call('GET', `/api/v1/sites/${siteId}`)).status).toBe(403);
  expect((await call('POST', '/api/v1/auth/site', { body: { siteId } })).status).toBe(403);
  const denial = { times: 1, reason: 'no-role', siteId };
  await expect
    .poll(() => denialsOf(userId), { timeout: 10_000, interval: 100 })
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...denial, operation: 'GET /api/v1/sites/:id' }),
        expect.objectContaining({ ...denial, operation: 'POST /api/v1/auth/site' }),
      ]),
    );
});
