import { siteEvolution } from '@ims/command-api/sites/site';
import { siteStream } from '@ims/contracts/ids';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

let running: RunningProduct;
let editor: Call;
let admin: { readonly call: Call; readonly userId: string };
let siteId: string;

beforeAll(async () => {
  running = await runProduct();
  siteId = running.sites.brussels;
  editor = (await running.signIn('editor')).call;
  admin = await running.signIn('admin');
});
afterAll(() => running.stop());

const fields = {
  title: 'Budget review',
  type: 'Meeting',
  lead: 'Jérémy Dubois',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
};
const interactions = '/api/v1/interactions';
const create = async (): Promise<string> =>
  (await editor('POST', interactions, { body: fields, siteId })).body.interaction.id;

it('a repeated request is the same one, however its address is spelled', async () => {
  const headers = { 'idempotency-key': 'spelled' };
  const first = await editor('POST', interactions, { body: fields, siteId, headers });
  const second = await editor('POST', `${interactions}/`, { body: fields, siteId, headers });
  expect([second.status, second.body.interaction.id]).toEqual([201, first.body.interaction.id]);

  const address = `${interactions}/${first.body.interaction.id}`;
  const patch = { body: { title: 'Once' }, siteId, headers: { 'idempotency-key': 'patched' } };
  expect((await editor('PATCH', address, patch)).body.interaction.revision).toBe(1);
  expect(
    (await editor('PATCH', address.toUpperCase().replace('/API/V1/INTERACTIONS', interactions), patch)).body,
  ).toMatchObject({
    interaction: { revision: 1 },
  });
});

it('two people registered at once under one idempotency key are one person, and only that one can sign in', async () => {
  const password = 'Abcdef1!';
  const person = (at: number) => ({
    username: `twin-${at}`,
    email: `twin-${at}@example.org`,
    displayName: 'Twin',
    password,
  });
  const register = (at: number) =>
    admin.call('POST', '/api/v1/users', { body: person(at), headers: { 'idempotency-key': 'twins' } });
  const answers = await Promise.all([register(0), register(1), register(0), register(1)]);
  const registered = answers.find(({ status }) => status === 201)?.body.user.username;
  const other = registered === 'twin-0' ? 1 : 0;

  const signIn = (username: string) =>
    running.anonymous('POST', '/api/v1/auth/login', { body: { username, password } });
  expect((await signIn(registered)).status).toBe(200);
  expect((await signIn(`twin-${other}`)).status).toBe(401);
  expect((await admin.call('POST', '/api/v1/users', { body: person(other) })).status).toBe(201);
});

it('an editor neither deletes nor restores where the site says so', async () => {
  const [kept, binned] = [await create(), await create()];
  await editor('DELETE', `${interactions}/${binned}`, { siteId });
  const choose = async (editorsMayDelete: boolean) => {
    const command = {
      stream: siteStream(siteId),
      evolution: siteEvolution,
      decide: () => [{ type: 'SiteSettingsChanged' as const, data: { ...defaultSiteSettings, editorsMayDelete } }],
    };
    const key = `editors may delete: ${editorsMayDelete}`;
    const context = {
      ...running.product.commands.contexts.identify(admin.userId, key, []),
      siteId,
      correlationId: 'test',
      signal: AbortSignal.timeout(5_000),
    };
    await running.product.commands.handle(command, context);
    await running.product.projector.whenCaughtUp(await running.product.log.headPosition());
  };
  await choose(false);

  expect((await editor('DELETE', `${interactions}/${kept}`, { siteId })).status).toBe(403);
  expect((await editor('POST', `${interactions}/${binned}/restore`, { siteId })).status).toBe(403);
  expect((await admin.call('POST', `${interactions}/${binned}/restore`, { siteId })).status).toBe(200);
  await choose(true);
  expect((await editor('DELETE', `${interactions}/${kept}`, { siteId })).status).toBe(200);
});

it('a row of an import has a key of plain characters, and its unknown fields are named', async () => {
  const send = (row: object) =>
    editor('POST', `${interactions}/import`, { body: { rows: [{ ...fields, ...row }] }, siteId });
  for (const key of ['\ud800', 'a\u0000', 'é']) {
    const { status, body } = await send({ key });
    expect([status, body.error.details[0].field]).toEqual([400, 'rows.0.key']);
  }
  const { body } = await send({ key: 'unknown', colour: 'red' });
  expect(body.results[0].error.details).toEqual([{ field: 'colour', message: 'There is no such field: colour' }]);
});

it('goes on when every database connection breaks in the middle of its work', async () => {
  const owner = new pg.Client({ connectionString: running.databaseUrl });
  await owner.connect();
  const work = async () => {
    const read = () => editor('GET', `${interactions}?search=budget&total=exact`, { siteId });
    const write = () => editor('POST', interactions, { body: fields, siteId });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 ? read() : write())));
    return answers.map(({ status }) => status);
  };
  const statuses: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const working = work();
    await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    statuses.push(...(await working));
  }
  await owner.end();

  expect(statuses.filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
  await expect.poll(async () => (await editor('POST', interactions, { body: fields, siteId })).status).toBe(201);
  await expect.poll(async () => (await editor('GET', interactions, { siteId })).status).toBe(200);
});
