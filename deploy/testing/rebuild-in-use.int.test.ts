import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordInteractions } from '../bench/fill-logs.ts';
import { putPeopleToWork } from '../drills/people-at-work.ts';
import { type RunningProduct, runProduct } from './running-product.ts';

const rows = 3_000;
let running: RunningProduct;

beforeAll(async () => {
  running = await runProduct();
  const keys = createPool({ url: running.databaseUrl, applicationName: 'ims-test', max: 2 });
  const codec = createCodec({ keyStore: createPostgresKeyStore(keys), masterKey: testMasterKey });
  const { log, projector } = running.product;
  const organization = { userId: timeOrderedUuid(), siteIds: [running.sites.brussels, running.sites.lisbon] };
  await recordInteractions({ log, codec }, organization, rows, () => undefined);
  await projector.whenCaughtUp(await log.headPosition());
  await keys.end();
}, 120_000);
afterAll(() => running.stop());

const operationsOf = ({ product }: RunningProduct) => {
  const { operations } = product.projector;
  if (!operations) throw new Error('The product can rebuild.');
  return operations;
};

it('is rebuilt, switched, rolled back and rebuilt again while people work, and nobody notices', async () => {
  const operations = operationsOf(running);
  const siteIds = [running.sites.brussels, running.sites.lisbon];
  const people = await putPeopleToWork({ url: running.url, siteIds, writers: 5, readers: 5, patienceMs: 10_000 });
  const rebuild = () => operations.rebuild('interactions', {}, () => undefined, new AbortController().signal);
  const answers = [await rebuild(), await operations.rollback('interactions', {}), await rebuild()];
  await people.rest();
  expect(answers).toEqual([
    expect.stringContaining('Version 2 of interactions is in use'),
    expect.stringContaining('Version 1 of interactions is in use again'),
    expect.stringContaining('Version 3 of interactions is in use'),
  ]);
  const { failed, stale, written, read } = await people.report();
  expect({ failed, stale }).toEqual({ failed: [], stale: [] });
  expect(written).toBeGreaterThan(10);
  expect(read).toBeGreaterThan(10);
  expect(await operations.verify('interactions', {})).toMatchObject({ version: 3, differences: [] });
}, 180_000);

it('warns of a twin in the version that is in use, when the others are gone', async () => {
  const operations = operationsOf(running);
  for (const version of [1, 2]) await operations.drop('interactions', version);
  const { call } = await running.signIn('editor');
  const siteId = running.sites.brussels;
  const times = { startDateTime: '2026-03-03T14:30', endDateTime: '2026-03-03T15:00', timezone: 'Europe/Brussels' };
  const body = { title: 'Twin of the rebuild', type: 'Meeting', lead: 'Elias Editor', ...times };
  const first = await call('POST', '/api/v1/interactions', { body, siteId });
  await call('GET', `/api/v1/interactions/${first.body.interaction.id}`, { siteId });
  const second = await call('POST', '/api/v1/interactions', { body, siteId });
  expect(second.body.warnings).toMatchObject([{ code: 'DUPLICATE_TITLE' }]);
});
