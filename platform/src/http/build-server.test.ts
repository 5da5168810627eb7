import { type AddressInfo, connect } from 'node:net';
import { refusal } from '@ims/contracts/error-codes';
import { headers } from '@ims/contracts/site-scope';
import { storableText } from '@ims/contracts/text';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EventLogUnavailable } from '../event-log/event-log.ts';
import { createLogger } from '../observability/logger.ts';
import { buildServer, type Server } from './build-server.ts';
import { sendRefusal } from './errors.ts';

const logLines: string[] = [];
let app: Server;

const isPublic = { access: { kind: 'public' } } as const;
const buildTestServer = (): Promise<Server> =>
  buildServer({
    title: 'Test',
    version: '0',
    logger: createLogger({ component: 'test', level: 'info', destination: { write: (line) => logLines.push(line) } }),
    verifier: { verify: () => undefined },
    accessReader: { read: () => Promise.reject(new Error('not asked')) },
    rateLimits: 'off',
  });

const NoteBody = z.strictObject({
  title: storableText('Title', 10),
  place: z.strictObject({ city: z.string() }).optional(),
  size: z.number().optional(),
});

beforeAll(async () => {
  app = await buildTestServer();
  app.post('/api/v1/notes', { config: isPublic, schema: { body: NoteBody } }, () => ({ done: true }));
  app.get('/api/v1/notes/:id', { config: isPublic, schema: { params: z.strictObject({ id: z.uuid() }) } }, () => ({
    secret: 'shown only without a schema',
  }));
  const Named = z.object({
    name: z.string(),
    note: z.string().nullable(),
    by: z.object({ id: z.string() }).nullable(),
  });
  app.get('/api/v1/allow-list', { config: isPublic, schema: { response: { 200: Named } } }, () => ({
    name: 'shown',
    note: null,
    by: null,
    secret: 'hidden',
  }));
  const Several = z.strictObject({ type: z.union([z.array(z.string()), z.string()]).optional() });
  app.get('/api/v1/several', { config: isPublic, schema: { querystring: Several } }, ({ query }) => query);
  // What Node says when the caller hangs up in the middle of a body.
  app.get('/api/v1/broken-off', { config: isPublic }, () => {
    throw Object.assign(new Error('aborted'), { code: 'ECONNRESET', statusCode: 400 });
  });
  app.get('/api/v1/files/*', { config: isPublic }, (_request, reply) => reply.callNotFound());
  app.get('/api/v1/crash', { config: isPublic }, () => {
    throw new Error('the secret cause');
  });
  app.get('/api/v1/log-away', { config: isPublic }, () => {
    throw new Error('could not append', { cause: new EventLogUnavailable('away') });
  });
  app.get('/api/v1/database-away', { config: isPublic }, () => {
    throw Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
  });
  app.get('/api/v1/long', { config: isPublic }, () => ({ text: 'x'.repeat(5_000) }));
  app.post('/api/v1/refused', { config: isPublic }, (_request, reply) =>
    sendRefusal(reply, {
      ...refusal('PRECONDITION_FAILED', 'Changed'),
      current: {
        revision: 3,
        updatedAt: 'then',
        updatedBy: 'them',
      },
    }),
  );
  await app.ready();
});
afterAll(() => app.close());

const post = (body: string | Buffer, contentType = 'application/json') =>
  app.inject({ method: 'POST', url: '/api/v1/notes', payload: body, headers: { 'content-type': contentType } });

describe('a bad request is answered in the envelope', () => {
  const deep = `{"title":${'['.repeat(1_000)}${']'.repeat(1_000)}}`;
  const bodies: [string, () => ReturnType<typeof post>, number, string, string[]][] = [
    ['broken JSON', () => post('{"title":'), 400, 'VALIDATION_ERROR', []],
    ['bytes that are no UTF-8', () => post(Buffer.from('7b22ff227d', 'hex')), 400, 'VALIDATION_ERROR', []],
    ['a prototype as field', () => post('{"__proto__":{"a":1}}'), 400, 'VALIDATION_ERROR', []],
    ['JSON nested 1,000 deep', () => post(deep), 400, 'VALIDATION_ERROR', []],
    ['a list in place of an object', () => post('[]'), 400, 'VALIDATION_ERROR', ['body']],
    ['an empty body', () => post(''), 400, 'VALIDATION_ERROR', ['body']],
    ['a missing field', () => post('{}'), 400, 'VALIDATION_ERROR', ['title']],
    ['an unknown field', () => post('{"title":"a","colour":1}'), 400, 'VALIDATION_ERROR', ['colour']],
    [
      'an unknown nested field',
      () => post('{"title":"a","place":{"city":"b","x":1}}'),
      400,
      'VALIDATION_ERROR',
      ['place.x'],
    ],
    ['a wrong nested type', () => post('{"title":"a","place":{"city":5}}'), 400, 'VALIDATION_ERROR', ['place.city']],
    ['a NUL byte', () => post('{"title":"a\\u0000"}'), 400, 'VALIDATION_ERROR', ['title']],
    ['a lone surrogate', () => post('{"title":"\\ud800"}'), 400, 'VALIDATION_ERROR', ['title']],
    ['a body of 2 MiB', () => post(`{"title":"${'a'.repeat(2 ** 21)}"}`), 413, 'PAYLOAD_TOO_LARGE', []],
    ['XML', () => post('<a/>', 'application/xml'), 415, 'UNSUPPORTED_MEDIA_TYPE', []],
    ['plain text', () => post('{"title":"a"}', 'text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE', []],
    [
      'JSON in Latin-1',
      () => post('{"title":"a"}', 'application/json; charset=latin1'),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      [],
    ],
  ];
  const get = (url: string) => app.inject({ method: 'GET', url });
  const addresses: typeof bodies = [
    ['an unknown route', () => get('/api/v1/nowhere'), 404, 'RESOURCE_NOT_FOUND', []],
    ['an id that is no UUID', () => get('/api/v1/notes/7'), 400, 'VALIDATION_ERROR', ['id']],
    ['an unknown parameter', () => get('/api/v1/several?colour=1'), 400, 'VALIDATION_ERROR', ['colour']],
    ['a parameter where none is taken', () => get('/api/v1/allow-list?x=1'), 400, 'VALIDATION_ERROR', ['x']],
    ['broken percent-encoding in the path', () => get('/api/v1/notes/%E0%A4%A'), 400, 'VALIDATION_ERROR', []],
    ['broken percent-encoding in the query', () => get('/api/v1/several?type=%FF'), 400, 'VALIDATION_ERROR', []],
    ['a NUL byte in the query', () => get('/api/v1/several?type=%00'), 400, 'VALIDATION_ERROR', ['type']],
    [
      'an address of 9,000 characters',
      () => get(`/api/v1/several?type=${'a'.repeat(9_000)}`),
      413,
      'PAYLOAD_TOO_LARGE',
      [],
    ],
    [
      'a body on a route that takes none',
      () => app.inject({ method: 'POST', url: '/api/v1/refused', payload: { a: 1 } }),
      400,
      'VALIDATION_ERROR',
      ['a'],
    ],
    ['a crash', () => get('/api/v1/crash'), 500, 'INTERNAL_ERROR', []],
  ];
  it.each([...bodies, ...addresses])('%s', async (_name, ask, status, code, fields) => {
    const answer = await ask();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { status: word, error } = answer.json();
    expect(word).toBe('error');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^[A-Z].{5,}/);
    expect(error.requestId).toBe(answer.headers['x-request-id']);
    expect(error.details.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it('a known address with another method says which it has', async () => {
    const answer = await app.inject({ method: 'DELETE', url: '/api/v1/notes/7' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
    expect(answer.json().error.code).toBe('METHOD_NOT_ALLOWED');
  });

  it('a file that a known address does not have is not found', async () => {
    const answer = await app.inject({ method: 'GET', url: '/api/v1/files/missing.css' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.code).toBe('RESOURCE_NOT_FOUND');
  });

  it('an overflow of the headers and a line that is no HTTP', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const talk = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (data) => {
          answer += data.toString();
        });
        socket.on('close', () => resolve(answer));
        socket.on('error', reject);
      });
    const overflow = await talk(`GET /api/v1/health HTTP/1.1\r\nhost: a\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(overflow).toMatch(/^HTTP\/1.1 413[\s\S]*"code":"PAYLOAD_TOO_LARGE"/);
    const invalid = /^HTTP\/1.1 400[\s\S]*"code":"VALIDATION_ERROR"/;
    expect(await talk('NONSENSE\r\n\r\n')).toMatch(invalid);
    expect(await talk('GET /api/v1/allow-list HTTP/1.1\r\nconnection: close\r\n\r\n')).toMatch(invalid);
    const expecting = 'host: a\r\nexpect: miracles\r\nconnection: close\r\ncontent-length: 0';
    expect(await talk(`POST /api/v1/notes HTTP/1.1\r\n${expecting}\r\n\r\n`)).toMatch(invalid);
    const query = await talk('QUERY /api/v1/notes HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(query).toMatch(/^HTTP\/1.1 415[\s\S]*"code":"UNSUPPORTED_MEDIA_TYPE"/);
  });
});

describe('an accident', () => {
  it('is told to the log and not to the caller', async () => {
    logLines.length = 0;
    const answer = await app.inject({
      method: 'GET',
      url: '/api/v1/crash',
      headers: { [headers.requestId]: 'call-7' },
    });
    expect(answer.body).not.toContain('secret');
    const line = logLines.find((text) => text.includes('the secret cause'));
    expect(line && JSON.parse(line)).toMatchObject({ level: 'error', correlationId: 'call-7', component: 'test' });
  });

  it.each(['/api/v1/log-away', '/api/v1/database-away'])('of a dependency is 503 with Retry-After: %s', async (url) => {
    const answer = await app.inject({ method: 'GET', url });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json().error.code).toBe('SERVICE_UNAVAILABLE');
  });
});

it('a body that its caller does not finish is no alarm', async () => {
  logLines.length = 0;
  const answer = await app.inject({ method: 'GET', url: '/api/v1/broken-off' });
  expect(answer.json().error.code).toBe('VALIDATION_ERROR');
  expect(logLines.join()).not.toContain('"level":"error"');
});

describe('an answer', () => {
  it('has only what its schema names', async () => {
    const answer = await app.inject({ method: 'GET', url: '/api/v1/allow-list' });
    expect(answer.json()).toEqual({ name: 'shown', note: null, by: null });
  });

  it('repeats a safe request id and replaces an unsafe one', async () => {
    const ask = (id: string) =>
      app.inject({ method: 'GET', url: '/api/v1/allow-list', headers: { [headers.requestId]: id } });
    expect((await ask('abc-1')).headers['x-request-id']).toBe('abc-1');
    expect((await ask('<script>')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ask('a'.repeat(129))).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is compressed when it is long, and stored nowhere', async () => {
    const answer = await app.inject({ method: 'GET', url: '/api/v1/long', headers: { 'accept-encoding': 'br' } });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('is the same under /api and /api/v1', async () => {
    expect((await app.inject({ method: 'GET', url: '/api/several?type=a&type=b' })).json()).toEqual({
      type: ['a', 'b'],
    });
  });

  it('carries the current revision beside a failed precondition', async () => {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/refused' });
    expect(answer.statusCode).toBe(412);
    expect(answer.json().error.current).toEqual({ revision: 3, updatedAt: 'then', updatedBy: 'them' });
  });
});

it('does not start with a route that nobody gave an access', async () => {
  const careless = await buildTestServer();
  careless.get('/api/v1/open', () => 'hello');
  await expect(careless.ready()).rejects.toThrow('GET /api/v1/open');
});
