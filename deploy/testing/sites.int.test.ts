import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

let running: RunningProduct;
let admin: Call;
let adminId: string;
let editor: Call;
let editorId: string;
let viewer: Call;
let brussels: string;

beforeAll(async () => {
  running = await runProduct();
  ({ call: admin, userId: adminId } = await running.signIn('admin'));
  ({ call: editor, userId: editorId } = await running.signIn('editor'));
  viewer = (await running.signIn('viewer')).call;
  brussels = running.sites.brussels;
});
afterAll(() => running.stop());

const sites = '/api/v1/sites';
const create = (name: string) => admin('POST', sites, { body: { name } });
const change = (id: string, body: object, call = admin) => call('PATCH', `${sites}/${id}`, { body });
const settings = (body: object, call = admin) => call('PATCH', `${sites}/${brussels}/settings`, { body });
const types = (interactionTypes: readonly string[], call = admin) =>
  call('PUT', `${sites}/${brussels}/interaction-types`, { body: { interactionTypes } });
const role = (siteId: string, userId: string, name: string, call = admin) =>
  call('PUT', `${sites}/${siteId}/users/${userId}`, { body: { role: name } });
const fields = {
  title: 'Budget review',
  type: 'Visit',
  lead: 'Ann',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
};
const record = (given: object = {}) =>
  editor('POST', '/api/v1/interactions', { body: { ...fields, ...given }, siteId: brussels });

describe('a site', () => {
  it('is renamed, and its old name is free', async () => {
    const { id } = (await create('Porto')).body.site;
    const { body } = await change(id, { name: 'Oporto', description: 'By the river' });
    expect(body.site).toMatchObject({ id, name: 'Oporto', description: 'By the river', role: 'administrator' });
    expect((await admin('GET', `${sites}/${id}`)).body.site).toMatchObject({ name: 'Oporto', retiredTypes: [] });
    expect((await create('PORTO')).status).toBe(201);
    const taken = await create('oporto');
    expect([taken.status, taken.body.error.details[0].field]).toEqual([409, 'name']);
    expect((await change(id, { name: 'Brussels' })).status).toBe(409);
    expect((await change(id, { name: 'OPORTO' })).body.site.name).toBe('OPORTO');
  });

  it('rests while it is deactivated, and its administrator of the system brings it back', async () => {
    const { id } = (await create('Ghent')).body.site;
    await role(id, editorId, 'administrator');
    const list = (call: Call) => call('GET', '/api/v1/interactions', { siteId: id });
    expect((await list(editor)).status).toBe(200);
    expect((await change(id, { active: false })).body.site.active).toBe(false);
    await expect.poll(async () => (await list(editor)).status).toBe(403);
    expect((await change(id, { active: true }, editor)).status).toBe(403);
    expect((await admin('GET', `${sites}/${id}`)).body.site.active).toBe(false);
    await change(id, { active: true });
    await expect.poll(async () => (await list(editor)).status).toBe(200);
  });

  it('is administered by administrators of the system who have no role on it, and by nobody else', async () => {
    const { id } = (await create('Namur')).body.site;
    await role(id, editorId, 'administrator');
    expect((await admin('DELETE', `${sites}/${id}/users/${adminId}`)).status).toBe(200);
    expect((await admin('GET', `${sites}/${id}`)).body.site.role).toBeNull();
    expect((await admin('PATCH', `${sites}/${id}/settings`, { body: { viewersSeeNotes: false } })).status).toBe(200);
    expect((await admin('GET', `${sites}/${id}/settings`)).body.settings.viewersSeeNotes).toBe(false);
    expect((await viewer('GET', `${sites}/${id}/settings`)).status).toBe(403);
    expect((await viewer('PATCH', `${sites}/${id}/settings`, { body: {} })).status).toBe(403);
  });

  it('keeps an administrator when two take the role from each other at the same time', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { id } = (await create(`Race ${round}`)).body.site;
      await role(id, editorId, 'administrator');
      const answers = await Promise.all([role(id, editorId, 'viewer', admin), role(id, adminId, 'viewer', editor)]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const { users } = (await admin('GET', `${sites}/${id}/users`)).body;
      expect(users.filter((user: { role: string }) => user.role === 'administrator').length).toBe(1);
    }
  });

  it('does not count an administrator who has not accepted the invitation', async () => {
    const { id } = (await create('Mons')).body.site;
    await admin('POST', `${sites}/${id}/users`, { body: { email: 'late@example.org', role: 'administrator' } });
    expect((await role(id, adminId, 'viewer')).status).toBe(409);
    await role(id, editorId, 'administrator');
    expect((await role(id, adminId, 'viewer')).status).toBe(200);
  });
});

describe('settings', () => {
  it('change one by one, and say what is wrong', async () => {
    const { body } = await settings({ defaultPageSize: 50 });
    expect(body.settings).toMatchObject({ defaultPageSize: 50, viewersSeeNotes: true });
    const list = async (query = '') =>
      (await viewer('GET', `/api/v1/interactions${query}`, { siteId: brussels })).body.pageSize;
    await expect.poll(() => list()).toBe(50);
    expect(await list('?pageSize=10')).toBe(10);
    expect((await settings({ defaultPageSize: 25, lowestExportRole: 'editor' })).body.settings).toMatchObject({
      defaultPageSize: 25,
      lowestExportRole: 'editor',
    });
    const wrong = await settings({ defaultPageSize: 30 });
    expect([wrong.status, wrong.body.error.details[0].field]).toEqual([400, 'defaultPageSize']);
    expect((await settings({ colour: 'red' })).status).toBe(400);
    expect((await settings({ defaultPageSize: 100 }, editor)).status).toBe(403);
  });

  it('hide notes from viewers: in a record, in lists and from searches', async () => {
    const { id } = (await record({ notes: 'Confidentialword' })).body.interaction;
    const seen = async (call: Call) => {
      const read = (path: string) => call('GET', `/api/v1/interactions${path}`, { siteId: brussels });
      const [one, all, found, count] = await Promise.all(
        [`/${id}`, '', '?search=confidentialword', '/count?search=confidentialword'].map(read),
      );
      return [
        one?.body.interaction?.notes,
        JSON.stringify(all?.body).includes('Confidentialword'),
        found?.body.total,
        count?.body.total,
      ];
    };
    await expect.poll(() => seen(viewer)).toEqual(['Confidentialword', true, 1, 1]);
    await settings({ viewersSeeNotes: false });
    await expect.poll(() => seen(viewer)).toEqual(['', false, 0, 0]);
    expect(await seen(editor)).toEqual(['Confidentialword', true, 1, 1]);
    await settings({ viewersSeeNotes: true });
  });
});

describe('interaction types', () => {
  it('that are dropped are retired: records keep them, new ones do not get them', async () => {
    const { id } = (await record()).body.interaction;
    const offered = (await admin('GET', `${sites}/${brussels}`)).body.site.interactionTypes;
    const { body } = await types(['Meeting', 'Site visit']);
    expect(body.site.interactionTypes).toEqual(['Meeting', 'Site visit']);
    expect(body.site.retiredTypes).toContain('Visit');
    const shown = async (call: Call) => (await call('GET', `${sites}/${brussels}`)).body.site.retiredTypes;
    await expect.poll(() => shown(viewer)).toContain('Visit');

    expect((await record()).status).toBe(400);
    expect((await record({ type: 'Picnic' })).body.error.details[0].field).toBe('type');
    expect((await record({ type: 'Site visit' })).status).toBe(201);
    const edited = await editor('PUT', `/api/v1/interactions/${id}`, {
      body: { ...fields, title: 'Edited' },
      siteId: brussels,
    });
    expect([edited.status, edited.body.interaction?.type]).toEqual([200, 'Visit']);
    const listed = (await viewer('GET', '/api/v1/interactions/types', { siteId: brussels })).body.types;
    expect(listed.find(({ name }: { name: string }) => name === 'Visit')).toMatchObject({ retired: true });

    const back = await types(offered);
    expect(back.body.site.retiredTypes).toEqual(['Site visit']);
    expect((await record()).status).toBe(201);
  });

  it('are told apart, and only a site’s administrators say which there are', async () => {
    const twice = await types(['Meeting', 'meeting']);
    expect([twice.status, twice.body.error.details[0].field]).toEqual([400, 'interactionTypes']);
    expect((await types([])).status).toBe(400);
    expect((await types(['Meeting'], editor)).status).toBe(403);
  });
});
