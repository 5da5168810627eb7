import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { createLogger } from '@ims/platform/observability/logger';
import { nothingDoneHeader } from '@ims/platform/process/starting-server';
import { afterEach, expect, it } from 'vitest';
import { jsonOf } from '../testing/json-of.ts';
import { buildPassOn } from './pass-on.ts';
import { createUpstreams } from './upstreams.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const serve = async (listener: RequestListener): Promise<string> => {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({ close: () => server.closeAllConnections() }, server);
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
};

/** Nobody listens there. */
const nobody = 'http://127.0.0.1:1';

const gateway = async (addresses: readonly string[], trustedProxies?: readonly string[]): Promise<string> => {
  const app = await buildPassOn({
    upstreams: createUpstreams(addresses),
    service: 'test',
    logger: createLogger({ component: 'test', level: 'silent' }),
    trustedProxies,
  });
  opened.push(app);
  return serve((request, response) => app.routing(request, response));
};

/** Answers what it got. */
const echo = async (): Promise<{ address: string; got: { request: IncomingMessage; body: string }[] }> => {
  const got: { request: IncomingMessage; body: string }[] = [];
  const address = await serve(async (request, response) => {
    got.push({ request, body: await text(request) });
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  });
  return { address, got };
};

/** Takes the request and dies over it. */
const dying = (taken: string[]): Promise<string> =>
  serve(async (request) => {
    taken.push(await text(request));
    request.socket.destroy();
  });

const post = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body: '{"title":"Tide"}', headers: { 'content-type': 'application/json', ...headers } });

it('passes a command on as it came and says who sent it', async () => {
  const { address, got } = await echo();
  const url = await gateway([address]);
  const answer = await post(`${url}/api/v1/interactions?dry=%2Fa`, { 'x-forwarded-for': '6.6.6.6', te: 'trailers' });
  expect(await jsonOf(answer)).toEqual({ ok: true });
  const [first] = got;
  expect(first?.body).toBe('{"title":"Tide"}');
  expect(first?.request.url).toBe('/api/v1/interactions?dry=%2Fa');
  expect(first?.request.headers).toMatchObject({
    'content-type': 'application/json',
    host: new URL(url).host,
    'x-forwarded-for': '127.0.0.1',
    'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
  });
  expect(first?.request.headers.te).toBeUndefined();
});

it('believes a proxy it was told to trust', async () => {
  const { address, got } = await echo();
  await post(await gateway([address], ['loopback']), { 'x-forwarded-for': '192.0.2.7' });
  expect(got[0]?.request.headers['x-forwarded-for']).toBe('192.0.2.7');
});

it('asks another process when one cannot be reached, and leaves that one alone for a second', async () => {
  const { address, got } = await echo();
  const url = await gateway([nobody, address]);
  for (let n = 0; n < 4; n += 1) expect((await post(url)).status).toBe(200);
  expect(got).toHaveLength(4);
  let now = 0;
  const upstreams = createUpstreams(['a', 'b'], () => now);
  upstreams.unreachable('a');
  expect([upstreams.inTurn()[0], upstreams.inTurn()[0]]).toEqual(['b', 'b']);
  now = 1_001;
  expect([upstreams.inTurn()[0], upstreams.inTurn()[0]].sort()).toEqual(['a', 'b']);
});

it('asks another process when one is only starting or stopping', async () => {
  const { address, got } = await echo();
  const starting = await serve((_request, response) =>
    response.writeHead(503, { [nothingDoneHeader]: '1', 'retry-after': '2' }).end('{}'),
  );
  const url = await gateway([starting, address]);
  for (let n = 0; n < 3; n += 1) {
    const answer = await post(url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([200, null]);
  }
  expect(got).toHaveLength(3);
});

it('never sends a command twice that may have been carried out', async () => {
  const taken: string[] = [];
  const url = await gateway([await dying(taken), await dying(taken)]);
  const answer = await post(url);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  expect((await jsonOf(answer)).error.message).toContain('look whether the change was made');
  expect(taken).toHaveLength(1);
});

it('sends a command again that carries an idempotency key, and a query always', async () => {
  const taken: string[] = [];
  const { address, got } = await echo();
  const url = await gateway([address, await dying(taken)]);
  const key = { 'idempotency-key': 'k' };
  expect([(await post(url, key)).status, (await post(url, key)).status]).toEqual([200, 200]);
  expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([200, 200]);
  expect(taken.length).toBe(2);
  expect(got.map(({ body }) => body)).toEqual(['{"title":"Tide"}', '{"title":"Tide"}', '', '']);
});

it('answers in the envelope when nobody is there', async () => {
  const answer = await fetch(await gateway([nobody, nobody]));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  expect((await jsonOf(answer)).error.code).toBe('SERVICE_UNAVAILABLE');
});

it('lets an event stream through as it comes and ends it when the browser leaves', async () => {
  let left: Promise<unknown> | undefined;
  const address = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'keep-alive' });
    response.write('event: interactions\n\n');
    left = once(response, 'close');
  });
  const answer = await fetch(await gateway([address]));
  const reader = answer.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('event: interactions\n\n');
  await reader?.cancel();
  await left;
});

it('refuses addresses that climb and bodies beyond the limit', async () => {
  const { address, got } = await echo();
  const url = new URL(await gateway([address]));
  const climbing = httpRequest({ host: url.hostname, port: url.port, path: '/api/v1/%2e%2e/secret' }).end();
  const [refused] = (await once(climbing, 'response')) as [IncomingMessage];
  refused.resume();
  expect(refused.statusCode).toBe(404);
  const large = await fetch(url, { method: 'POST', body: 'x'.repeat(6_000_000) }).catch(() => undefined);
  expect(large?.status ?? 413).toBe(413);
  expect(got).toEqual([]);
});
