import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, type RunningProduct, runProduct } from './running-product.ts';

let running: RunningProduct;
let editor: Call;
let admin: Call;
let siteId: string;

beforeAll(async () => {
  running = await runProduct();
  siteId = running.sites.brussels;
  editor = (await running.signIn('editor')).call;
  admin = (await running.signIn('admin')).call;
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
const create = (changes: object = {}, headers: Record<string, string> = {}) =>
  editor('POST', '/api/v1/interactions', { body: { ...fields, ...changes }, siteId, headers });
const at = (id: string, rest = '') => `/api/v1/interactions/${id}${rest}`;
const problems = (body: { error: { details: { field: string; message: string }[] } }) =>
  Object.fromEntries(body.error.details.map(({ field, message }) => [field, message]));

describe('a record', () => {
  it('is created, read back, edited, moved along, binned and restored', async () => {
    const created = await create();
    expect(created.status).toBe(201);
    const { id } = created.body.interaction;
    expect(created.headers.get('location')).toBe(at(id));
    expect(created.headers.get('etag')).toBe('"0"');

    const read = await editor('GET', at(id), { siteId });
    expect(read.body.interaction).toEqual(created.body.interaction);
    expect(read.headers.get('etag')).toBe('"0"');
    expect(read.body.interaction).toMatchObject({
      startUtc: '2026-03-03T13:30:00.000Z',
      createdBy: { displayName: 'Elias Editor' },
      status: 'complete',
    });

    const edited = await editor('PATCH', at(id), { siteId, body: { location: 'Room 4' } });
    expect(edited.body.interaction).toMatchObject({ location: 'Room 4', revision: 1 });
    const archived = await editor('POST', at(id, '/status'), { siteId, body: { status: 'archived' } });
    expect(archived.body.interaction).toMatchObject({ status: 'archived', revision: 2 });

    expect((await editor('DELETE', at(id), { siteId })).body).toEqual({ success: true });
    expect((await editor('GET', at(id), { siteId })).status).toBe(404);
    const bin = await editor('GET', '/api/v1/interactions/bin', { siteId });
    expect(bin.body.interactions).toHaveLength(1);
    expect(bin.body.interactions[0]).toMatchObject({ id, deletedBy: { displayName: 'Elias Editor' } });

    const restored = await editor('POST', at(id, '/restore'), { siteId });
    expect(restored.body.interaction).toMatchObject({ status: 'archived', revision: 4 });
    expect((await editor('GET', at(id), { siteId })).body.interaction).toEqual(restored.body.interaction);
  });

  it('is found by what was just written, without waiting by hand', async () => {
    for (const word of ['Zanzibar', 'Ouagadougou', 'Þingvellir']) {
      const { body } = await create({ title: `Visit to ${word}` });
      const found = await editor('GET', `/api/v1/interactions?search=${encodeURIComponent(word)}`, { siteId });
      expect(found.body.interactions.map(({ id }: { id: string }) => id)).toEqual([body.interaction.id]);
    }
  });

  it('warns of a twin near the same date, and of a time that exists twice', async () => {
    await create({ title: 'Twin', startDateTime: '2026-10-25T01:30', endDateTime: '2026-10-25T04:00' });
    const { body } = await editor('POST', '/api/v1/interactions', {
      body: { ...fields, title: 'Twin', startDateTime: '2026-10-25T02:30', endDateTime: '2026-10-25T04:00' },
      siteId,
      headers: {},
    });
    await editor('GET', at(body.interaction.id), { siteId });
    const again = await create({ title: 'Twin', startDateTime: '2026-10-25T02:30', endDateTime: '2026-10-25T04:00' });
    expect(again.body.warnings.map(({ code }: { code: string }) => code).sort()).toEqual([
      'AMBIGUOUS_TIME',
      'DUPLICATE_TITLE',
    ]);
  });

  it('is not overwritten by somebody who saw an older version', async () => {
    const { id } = (await create()).body.interaction;
    await admin('PATCH', at(id), { siteId, body: { title: 'By Ada' } });
    const stale = await editor('PATCH', at(id), {
      siteId,
      body: { title: 'By Elias' },
      headers: { 'if-match': '"0"' },
    });
    expect(stale.status).toBe(412);
    expect(stale.body.error).toMatchObject({
      code: 'PRECONDITION_FAILED',
      current: { revision: 1, updatedBy: 'Ada Administrator' },
    });
    const fresh = await editor('PATCH', at(id), { siteId, body: { title: 'x' }, headers: { 'if-match': '"1"' } });
    expect(fresh.status).toBe(200);
  });

  it('is created once for one key, however often it is sent', async () => {
    const headers = { 'idempotency-key': 'once' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => create({ title: 'Once' }, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.interaction.id)).size).toBe(1);
    const other = await create({ title: 'Other' }, headers);
    expect([other.status, other.body.error.code]).toEqual([409, 'IDEMPOTENCY_MISMATCH']);
  });
});

describe('bad input', () => {
  const refused: readonly [string, object, string, RegExp][] = [
    ['an end before the start', { endDateTime: '2026-03-03T14:00' }, 'endDateTime', /after 2026-03-03 14:30/],
    [
      'a time that clocks jump over',
      { startDateTime: '2026-03-29T02:30', endDateTime: '2026-03-29T05:00' },
      'startDateTime',
      /2026-03-29T01:59 and 2026-03-29T03:00/,
    ],
    ['an unknown zone', { timezone: 'Europe/Atlantis' }, 'timezone', /IANA/],
    ['a day that is not in the calendar', { startDateTime: '2026-02-30T10:00' }, 'startDateTime', /date and time/],
    ['a title of 256 characters', { title: 'x'.repeat(256) }, 'title', /at most 255/],
    ['a title of blanks', { title: '   ' }, 'title', /required/],
    ['a NUL byte', { title: 'a\u0000b' }, 'title', /control character/],
    ['a lone surrogate', { title: 'a\uD800b' }, 'title', /broken character/],
    ['a number for a title', { title: 7 }, 'title', /text/],
    ['an unknown field', { colour: 'red' }, 'colour', /./],
    ['an unknown type', { type: 'Seance' }, 'type', /one of/],
    ['a status that no record starts with', { status: 'archived' }, 'status', /complete or draft/],
    ['a prototype', JSON.parse('{"__proto__": {"admin": true}}'), '', /./],
  ];
  for (const [name, changes, field, sentence] of refused) {
    it(`${name} is refused by name, and nothing is written`, async () => {
      const before = await running.product.log.headPosition();
      const body =
        name === 'a prototype' ? `{"__proto__":{"a":1},${JSON.stringify(fields).slice(1)}` : { ...fields, ...changes };
      const answer = await editor('POST', '/api/v1/interactions', { body, siteId });
      expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      if (field) expect(problems(answer.body)[field]).toMatch(sentence);
      // Sign-ins may come into the log meanwhile, records not.
      const written = await running.product.log.readAll(before, 1_000);
      expect(written.map(({ stream }) => stream).filter((stream) => stream.startsWith('interaction-'))).toEqual([]);
    });
  }

  it('broken JSON, a wrong content type and a wrong method are told apart', async () => {
    const broken = await editor('POST', '/api/v1/interactions', { body: '{"title": ', siteId });
    expect([broken.status, broken.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    const xml = await editor('POST', '/api/v1/interactions', {
      body: '<a/>',
      siteId,
      headers: { 'content-type': 'application/xml' },
    });
    expect([xml.status, xml.body.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    const method = await editor('PUT', '/api/v1/interactions', { body: {}, siteId });
    expect([method.status, method.body.error.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    const large = await editor('POST', '/api/v1/interactions', { body: { title: 'x'.repeat(1_100_000) }, siteId });
    expect([large.status, large.body.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('a transition that the lifecycle does not have names the current status', async () => {
    const { id } = (await create()).body.interaction;
    const { status, body } = await editor('POST', at(id, '/status'), { siteId, body: { status: 'draft' } });
    expect([status, body.error.code]).toEqual([409, 'INVALID_TRANSITION']);
    expect(body.error.message).toContain('complete');
  });

  it('If-Match and Idempotency-Key that no client of ours makes are refused', async () => {
    const { id } = (await create()).body.interaction;
    const tag = await editor('PATCH', at(id), { siteId, body: { title: 'x' }, headers: { 'if-match': 'abc' } });
    expect([tag.status, tag.body.error.details[0].field]).toEqual([400, 'If-Match']);
    const key = await create({}, { 'idempotency-key': 'k'.repeat(256) });
    expect([key.status, key.body.error.details[0].field]).toEqual([400, 'Idempotency-Key']);
  });
});

describe('an import', () => {
  const send = (rows: readonly object[]) => editor('POST', '/api/v1/interactions/import', { body: { rows }, siteId });

  it('creates the good rows, refuses the bad ones with a reason, and adds nothing the second time', async () => {
    const rows = [
      { key: 'a', ...fields, title: 'Row a' },
      { key: 'b', ...fields, title: 'x'.repeat(256) },
      { key: 'c', ...fields, title: 'Row c', status: 'draft' },
    ];
    const first = await send(rows);
    expect(first.body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'created',
      'refused',
      'created',
    ]);
    expect(first.body.results[1].error.details[0].field).toBe('title');
    const second = await send(rows);
    expect(second.body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'repeated',
      'refused',
      'repeated',
    ]);
    const changed = await send([{ ...rows[0], title: 'Another row a' }]);
    expect(changed.body.results[0].error.code).toBe('IDEMPOTENCY_MISMATCH');
    const found = await editor('GET', '/api/v1/interactions?search="row a"', { siteId });
    expect(found.body.total).toBe(1);
  });

  it('takes 500 rows and not one more', async () => {
    const row = (number: number) => ({ key: `many-${number}`, ...fields, title: `Many ${number}` });
    const { body } = await send(Array.from({ length: 500 }, (_, number) => row(number)));
    expect(new Set(body.results.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(['created']));
    expect((await send(Array.from({ length: 501 }, (_, number) => row(number)))).status).toBe(400);
  });
});

describe('sites and users', () => {
  it('a system administrator opens a site and administers it', async () => {
    const { status, body } = await admin('POST', '/api/v1/sites', { body: { name: 'Oslo' } });
    expect(status).toBe(201);
    expect(body.site).toMatchObject({ name: 'Oslo', role: 'administrator', active: true });
    const made = await admin('POST', '/api/v1/interactions', { body: fields, siteId: body.site.id });
    expect(made.status).toBe(201);
  });

  it('no two sites share a name, whatever its case, also when both are opened at once', async () => {
    const answers = await Promise.all(
      ['Gent', 'GENT', ' gent '].map((name) => admin('POST', '/api/v1/sites', { body: { name } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('a registered user signs in, and nobody else gets the name', async () => {
    const user = {
      username: 'new.person',
      email: 'new@example.org',
      displayName: 'New Person',
      password: 'Fresh-2026!',
    };
    const { status, body } = await admin('POST', '/api/v1/users', { body: user });
    expect([status, body.user?.username]).toEqual([201, 'new.person']);
    const login = await running.anonymous('POST', '/api/v1/auth/login', {
      body: { username: 'NEW@example.org', password: 'Fresh-2026!' },
    });
    expect([login.status, login.body.user?.displayName]).toEqual([200, 'New Person']);
    const again = await admin('POST', '/api/v1/users', { body: { ...user, email: 'other@example.org' } });
    expect([again.status, problems(again.body)]).toEqual([409, { username: 'This username is taken' }]);
    const weak = await admin('POST', '/api/v1/users', {
      body: { ...user, username: 'weak', email: 'weak@example.org', password: 'weak' },
    });
    expect([weak.status, weak.body.error.details[0].field]).toEqual([400, 'password']);
  });
});
