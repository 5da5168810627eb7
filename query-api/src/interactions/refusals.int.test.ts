import { randomUUID } from 'node:crypto';
import { ErrorEnvelope } from '@ims/contracts/error-codes';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let site: string;
let foreignSite: string;
let viewer: string;
let editor: string;
let administrator: string;
let foreignRecord: string;
let record: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  viewer = await situation.user('Vera Viewer');
  editor = await situation.user('Eddy Editor');
  administrator = await situation.user('Ada Administrator');
  site = await situation.site('Brussels', { viewersSeeNotes: false, editorsMayDelete: false });
  foreignSite = await situation.site('Paris');
  await situation.role(site, viewer, 'viewer');
  await situation.role(site, editor, 'editor');
  await situation.systemRole(administrator, 'administrator');
  record = await situation.interaction(site, editor, { title: 'Review', notes: 'Confidential' });
  foreignRecord = await situation.interaction(foreignSite, administrator, { title: 'Secret of Paris' });
  await world.settled();
});

afterAll(() => world.close());

const refusal = async (
  url: string,
  given: { user?: string; of?: string | undefined; headers?: Record<string, string> } = {},
) => {
  const of = 'of' in given ? given.of : site;
  const { status, body } = await world.get(given.user ?? viewer, of, url, given.headers);
  const { error } = ErrorEnvelope.parse(body);
  return { status, code: error.code, fields: error.details.map(({ field }) => field) };
};

describe('bad input is refused by name:', () => {
  const operators = encodeURIComponent('"-|&!()*:');
  test.each([
    ['a search of only operators', `search=${operators}`, 'search'],
    ['a title of only operators', `title=${operators}`, 'title'],
    ['a lead of only operators', `lead=${operators}`, 'lead'],
    ['a location of only operators', `location=${operators}`, 'location'],
    ['page 0', 'page=0', 'page'],
    ['page -1', 'page=-1', 'page'],
    ['a page that is no number', 'page=one', 'page'],
    ['a page beyond all bounds', 'page=99999999999999999999', 'page'],
    ['page size 0', 'pageSize=0', 'pageSize'],
    ['page size 10,000', 'pageSize=10000', 'pageSize'],
    ['an unknown parameter', 'colour=red', 'colour'],
    ['an unknown status', 'status=lost', 'status'],
    ['an unknown zone', 'zone=Mars/Base', 'zone'],
    ['an unknown time zone', 'timezone=Mars/Base', 'timezone'],
    ['a date that does not exist', 'startFrom=2026-02-30', 'startFrom'],
    ['a date that is none', 'startTo=tomorrow', 'startTo'],
    ['a creator that is no UUID', 'createdBy=anna', 'createdBy'],
    ['an unknown direction', 'sort=title&direction=up', 'direction'],
    ['an unknown kind of total', 'total=some', 'total'],
    ['a search of 501 characters', `search=${'a'.repeat(501)}`, 'search'],
    ['a search given twice', 'search=a&search=b', 'search'],
    ['a NUL byte', 'search=a%00b', 'search'],
  ])('%s', async (_, query, field) => {
    expect(await refusal(`/api/v1/interactions?${query}`)).toEqual({
      status: 400,
      code: 'VALIDATION_ERROR',
      fields: [field],
    });
  });

  test.each(['search=%ED%A0%80', 'search=%FF%FE', 'search=%', '%ED%A0%80=1'])('broken encoding (%s)', async (query) => {
    expect(await refusal(`/api/v1/interactions?${query}`)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
  });

  test.each(['/api/v1/interactions/1', "/api/v1/interactions/x'%20or%201=1", '/api/v1/interactions/%00'])(
    'an id that is no UUID (%s)',
    async (url) => {
      expect(await refusal(url)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    },
  );

  test('no site, two sites, and a site that is no UUID', async () => {
    const url = '/api/v1/interactions';
    expect(await refusal(url, { of: undefined })).toMatchObject({ status: 400, fields: ['siteId'] });
    expect(await refusal(`${url}?siteId=${foreignSite}`)).toMatchObject({ status: 400, fields: ['siteId'] });
    expect(await refusal(url, { of: 'brussels' })).toMatchObject({ status: 400, fields: ['siteId'] });
  });

  test('a consistency token that was never given out, or is ahead of the log', async () => {
    for (const token of ['now', '1', '1.-4', '1.99999999999', '9.1']) {
      const given = await refusal('/api/v1/interactions', { headers: { 'x-consistency-token': token } });
      expect(given).toEqual({ status: 400, code: 'VALIDATION_ERROR', fields: ['X-Consistency-Token'] });
    }
  });

  test('a cursor that was made up', async () => {
    for (const url of ['/api/v1/interactions?cursor=x', '/api/v1/interactions/bin?cursor=x']) {
      const user = await world.situation.user('Other Administrator');
      await world.situation.role(site, user, 'administrator');
      await world.settled();
      expect(await refusal(url, { user })).toMatchObject({ status: 400, fields: ['cursor'] });
    }
  });
});

describe('what is not one’s own', () => {
  test.each(['', '/count', '/types', '/leads', '/locations', '/changes', `/${randomUUID()}`])(
    'is refused on a foreign site (%s)',
    async (path) => {
      expect(await refusal(`/api/v1/interactions${path}`, { of: foreignSite })).toMatchObject({ status: 403 });
    },
  );

  test('a record of another site looks exactly like one that does not exist', async () => {
    const headers = { 'x-request-id': 'same' };
    const foreign = await world.get(viewer, site, `/api/v1/interactions/${foreignRecord}`, headers);
    const missing = await world.get(viewer, site, `/api/v1/interactions/${randomUUID()}`, headers);
    expect(foreign.status).toBe(404);
    expect(foreign.text).toBe(missing.text);
  });

  test('the bin is closed to viewers, and to editors who may not delete', async () => {
    for (const user of [viewer, editor]) {
      expect(await refusal('/api/v1/interactions/bin', { user })).toMatchObject({
        status: 403,
        code: 'AUTHORIZATION_ERROR',
      });
    }
  });

  test('a system administrator needs a role on the site to read its records', async () => {
    expect(await refusal('/api/v1/interactions', { user: administrator })).toMatchObject({ status: 403 });
  });
});

describe('notes that viewers may not see', () => {
  test('are neither shown nor searched', async () => {
    const shown = await world.get(viewer, site, `/api/v1/interactions/${record}`);
    expect(shown.body.interaction.notes).toBe('');
    const listed = await world.get(viewer, site, '/api/v1/interactions');
    expect(listed.text).not.toContain('Confidential');
    const found = await world.get(viewer, site, '/api/v1/interactions?search=confidential');
    expect(found.body).toMatchObject({ interactions: [], total: 0 });
    const excluded = await world.get(viewer, site, '/api/v1/interactions?search=-confidential');
    expect(excluded.body.total).toBe(1);
  });

  test('are shown to editors', async () => {
    const found = await world.get(editor, site, '/api/v1/interactions?search=confidential');
    expect(found.body.interactions[0].notes).toBe('Confidential');
  });
});
