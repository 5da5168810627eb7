import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordFields } from './authorization/who-may.ts';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

let running: RunningProduct;
let people: Readonly<Record<'editor' | 'admin', { call: Call; userId: string }>>;

beforeAll(async () => {
  running = await runProduct();
  const [editor, admin] = [await running.signIn('editor'), await running.signIn('admin')];
  people = { editor, admin };
});
afterAll(() => running.stop());

describe('a role', () => {
  it('ends at once when it is taken away', async () => {
    const { call, userId } = people.editor;
    const create = () => call('POST', '/api/v1/interactions', { body: recordFields, siteId: running.sites.lisbon });
    expect((await create()).status).toBe(201);
    const path = `/api/v1/sites/${running.sites.lisbon}/users/${userId}`;
    expect((await people.admin.call('DELETE', path)).status).toBe(200);
    expect((await create()).status).toBe(403);
    expect((await people.admin.call('PUT', path, { body: { role: 'viewer' } })).status).toBe(200);
    expect((await create()).status).toBe(403);
    expect((await people.admin.call('PUT', path, { body: { role: 'editor' } })).status).toBe(200);
    expect((await create()).status).toBe(201);
  });

  it('of the last administrator stays', async () => {
    const path = `/api/v1/sites/${running.sites.helsinki}/users/${people.admin.userId}`;
    const { status, body } = await people.admin.call('DELETE', path);
    expect([status, body.error.code]).toEqual([409, 'CONFLICT']);
  });
});
