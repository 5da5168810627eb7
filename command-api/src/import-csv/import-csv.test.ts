import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportArguments } from './arguments.ts';
import { checkCsv, importCsv } from './import-csv.ts';
import { signIn } from './ims-client.ts';
import { retryFor } from './retry.ts';

type Reply = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> };

const refusal = (status: number, code: string, message: string): Reply => ({
  status,
  body: { status: 'error', error: { code, message, details: [], requestId: 'r' } },
});
const siteOf = (name: string, role: string | null = 'administrator') => ({
  id: `id of ${name}`,
  name,
  description: '',
  active: true,
  settings: {
    defaultTimezone: 'UTC',
    defaultPageSize: 25,
    lowestExportRole: 'viewer',
    viewersSeeNotes: true,
    editorsMayDelete: true,
  },
  interactionTypes: [],
  retiredTypes: [],
  role,
});

/** A server that keeps to the contract in the few calls that an import makes, and can be told to fail. */
const standIn = () => {
  const state = {
    sites: [siteOf('Alpha')],
    stored: new Map<string, { siteId: string | undefined; title: string }>(),
    failNext: [] as Reply[],
    requests: [] as string[],
    maxRows: 500,
    token: 'first',
  };
  const importRows = (siteId: string | undefined, rows: { key: string; title: string }[]): Reply => {
    if (rows.length > state.maxRows) return refusal(413, 'PAYLOAD_TOO_LARGE', 'Too large');
    const results = rows.map(({ key, title }) => {
      if (title.startsWith('Forbidden')) {
        return { key, outcome: 'refused', error: { code: 'CONFLICT', message: 'Not that', details: [] } };
      }
      if (state.stored.has(key)) return { key, outcome: 'repeated' };
      state.stored.set(key, { siteId, title });
      return { key, outcome: 'created' };
    });
    return { status: 200, body: { results } };
  };
  const login = (password: string): Reply => {
    if (password !== 'right') return refusal(401, 'AUTHENTICATION_ERROR', 'User name or password is wrong');
    const user = {
      id: '',
      username: '',
      email: '',
      displayName: '',
      timezone: 'UTC',
      systemRoles: [],
      defaultSiteId: null,
    };
    return {
      status: 200,
      body: { token: state.token, expiresAt: '', user: { ...user, sites: [], demo: false }, passwordExpired: false },
    };
  };
  const answer = (call: string, request: IncomingMessage, body: never): Reply => {
    state.requests.push(call);
    if (call === 'POST /api/v1/auth/login') return login((body as { password: string }).password);
    if (request.headers.authorization !== `Bearer ${state.token}`) return refusal(401, 'AUTHENTICATION_ERROR', 'Old');
    const failure = state.failNext.shift();
    if (failure) return failure;
    if (call === 'GET /api/v1/sites') return { status: 200, body: { sites: state.sites } };
    if (call === 'POST /api/v1/sites') {
      const site = siteOf((body as { name: string }).name);
      state.sites.push(site);
      return { status: 201, body: { success: true, site } };
    }
    const { rows } = body as { rows: { key: string; title: string }[] };
    return importRows(request.headers['x-site-id']?.toString(), rows);
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = text ? JSON.parse(text) : undefined;
    const reply = answer(`${request.method} ${request.url}`, request, body as never);
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body));
  });
  return { state, server };
};

const mapping = {
  name: 'test',
  key: ['number'],
  site: { column: 'site' },
  fields: { title: { column: 'title' }, type: { value: 'Meeting' }, lead: { value: 'Zoë' } },
  when: { start: { column: 'day', format: 'dd-mm-yyyy' }, startTime: '09:00', durationMinutes: 60, timezone: 'UTC' },
};
const header = 'number,site,title,day\n';

describe('importing a CSV file', () => {
  const { state: fresh } = standIn();
  let state: typeof fresh;
  let server: ReturnType<typeof createServer>;
  let folder: string;
  let url: string;

  beforeEach(async () => {
    ({ state, server } = standIn());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = mkdtempSync(join(tmpdir(), 'ims-import-'));
    writeFileSync(join(folder, 'mapping.json'), JSON.stringify(mapping));
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const write = (rows: string) => writeFileSync(join(folder, 'rows.csv'), header + rows);
  const options = (changes: Partial<ImportArguments> = {}): ImportArguments => ({
    file: join(folder, 'rows.csv'),
    mapping: join(folder, 'mapping.json'),
    url,
    username: 'zoe',
    refused: join(folder, 'refused.csv'),
    createSites: false,
    dryRun: false,
    ...changes,
  });
  const run = (changes: Partial<ImportArguments> = {}, password = 'right') => {
    const { signal } = new AbortController();
    const connect = () => signIn({ url, username: 'zoe', password, retry: retryFor(5_000, signal), signal });
    return importCsv(options(changes), { connect, signal, terminal: { write: () => undefined } });
  };

  it('adds every row once, also when it is run again', async () => {
    write('1,Alpha,One,01-02-2024\n2,Alpha,Two,01-02-2024\n');
    expect(await run()).toEqual({ imported: 2, alreadyThere: 0, refused: 0 });
    expect(await run()).toEqual({ imported: 0, alreadyThere: 2, refused: 0 });
    expect([...state.stored.values()]).toEqual([
      { siteId: 'id of Alpha', title: 'One' },
      { siteId: 'id of Alpha', title: 'Two' },
    ]);
    expect(existsSync(join(folder, 'refused.csv'))).toBe(false);
  });

  it('lists refused rows with their line, the reason and all their cells', async () => {
    write('1,Alpha,"Two\nlines",2024\n2,Alpha,Forbidden,01-02-2024\n3,Alpha,Good,01-02-2024\n');
    expect(await run()).toEqual({ imported: 1, alreadyThere: 0, refused: 2 });
    expect(readFileSync(join(folder, 'refused.csv'), 'utf8')).toBe(
      '\uFEFFline,reason,number,site,title,day\n' +
        '2,"day ""2024"" is not dd-mm-yyyy",1,Alpha,"Two\nlines",2024\n' +
        '4,Not that,2,Alpha,Forbidden,01-02-2024\n',
    );
  });

  it('sends 500 rows a request, and smaller requests when the server finds them too large', async () => {
    write(Array.from({ length: 1_100 }, (_, at) => `${at},Alpha,Row ${at},01-02-2024\n`).join(''));
    state.maxRows = 200;
    expect(await run()).toEqual({ imported: 1_100, alreadyThere: 0, refused: 0 });
    expect(state.requests.filter((call) => call.endsWith('/import'))).toHaveLength(3 + 2 * 6);
  });

  it('goes on after a pause of the server and after its token ran out', async () => {
    write('1,Alpha,One,01-02-2024\n');
    state.failNext = [
      { ...refusal(429, 'RATE_LIMITED', 'Too many'), headers: { 'retry-after': '0' } },
      { ...refusal(503, 'SERVICE_UNAVAILABLE', 'Starting'), headers: { 'retry-after': '0' } },
      refusal(401, 'AUTHENTICATION_ERROR', 'Expired'),
    ];
    expect(await run()).toEqual({ imported: 1, alreadyThere: 0, refused: 0 });
    expect(state.requests.filter((call) => call.endsWith('/login'))).toHaveLength(2);
  });

  it('creates missing sites only when asked to', async () => {
    write('1,Alpha,One,01-02-2024\n2,Beta,Two,01-02-2024\n3,BETA,Three,01-02-2024\n');
    await expect(run()).rejects.toThrow('or they do not exist: "Beta". To create them add --create-sites.');
    expect(state.stored.size).toBe(0);
    expect(await run({ createSites: true })).toEqual({ imported: 3, alreadyThere: 0, refused: 0 });
    expect(state.sites.map(({ name }) => name)).toEqual(['Alpha', 'Beta']);
    expect([...state.stored.values()].map(({ siteId }) => siteId)).toEqual(['id of Alpha', 'id of Beta', 'id of Beta']);
  });

  it('sends nothing when the role on one of the sites does not allow it', async () => {
    state.sites.push(siteOf('Beta', 'viewer'));
    write('1,Alpha,One,01-02-2024\n2,Beta,Two,01-02-2024\n');
    await expect(run()).rejects.toThrow('You may not add records on these sites: "Beta".');
    expect(state.stored.size).toBe(0);
  });

  it('says in one sentence that the password is wrong or nobody answers', async () => {
    write('1,Alpha,One,01-02-2024\n');
    await expect(run({}, 'wrong')).rejects.toThrow('zoe cannot sign in: User name or password is wrong.');
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await expect(run()).rejects.toThrow(`${url} cannot be reached.`);
  });

  it('can be tried without sending anything', async () => {
    write('1,Alpha,One,01-02-2024\n2,Alpha,,01-02-2024\n');
    expect(await checkCsv(options({ dryRun: true }), new AbortController().signal)).toEqual({
      good: 1,
      refused: 1,
      sites: new Map([['Alpha', 1]]),
    });
    expect(state.requests).toEqual([]);
  });
});
