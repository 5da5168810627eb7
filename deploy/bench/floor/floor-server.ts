import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importJWK, type JWK, jwtVerify } from 'jose';
import pg from 'pg';
import { serveParent } from '../child-server.ts';

export type FloorConfig = { readonly url: string; readonly publicKey: JWK };

const columns = `site_id, id, title, type, lead, start_local, end_local, timezone, start_utc, end_utc, location,
  description, notes, status, revision, created_by, created_at, updated_by, updated_at`;
const mine = 'from floor.interactions where site_id = $1 and deleted_at is null';
const inOrder = 'order by start_utc desc, id desc limit 25';
const matching = `${mine} and search @@ to_tsquery('read.ims', $2)`;

const page = { name: 'page', text: `select ${columns} ${mine} ${inOrder}` };
const total = { name: 'total', text: `select count(*) as total ${mine}` };
const jump = { name: 'jump', text: `select ${columns} ${mine} ${inOrder} offset $2` };
const after = { name: 'after', text: `select ${columns} ${mine} and (start_utc, id) < ($2, $3) ${inOrder}` };
const search = { name: 'search', text: `select ${columns} ${matching} ${inOrder}` };
const searchTotal = { name: 'search_total', text: `select count(*) as total ${matching}` };
const member = { name: 'member', text: 'select role from floor.members where site_id = $1 and user_id = $2' };
const insert = {
  name: 'insert',
  text: 'insert into floor.events (stream, revision, event_type, data, metadata) values ($1, 0, $2, $3, $4)',
};
const lockedInsert = { name: 'locked_insert', text: 'select floor.append($1, 0, $2, $3, $4)' };

/** As a person types it: every word, the last one as a beginning. */
const tsquery = (words: string): string => `${words.split(' ').join(' & ')}:*`;

const readBody = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
};

/** The hand-written server: one `switch`, one SELECT each. */
serveParent<FloorConfig>(async ({ url, publicKey }) => {
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  const key = await importJWK(publicKey, 'EdDSA');
  const rows = async (query: pg.QueryConfig, values: unknown[]) => (await pool.query({ ...query, values })).rows;
  const withTotal = async (list: pg.QueryConfig, count: pg.QueryConfig, values: unknown[]) => {
    const [found, [counted]] = await Promise.all([rows(list, values), rows(count, values)]);
    return { rows: found, total: Number(counted.total) };
  };

  const create = async (request: IncomingMessage, append: pg.QueryConfig) => {
    const body = await readBody(request);
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const { payload } = await jwtVerify(token, key, { issuer: 'ims', audience: 'ims' });
    const siteId = request.headers['x-site-id'];
    const [found] = await rows(member, [siteId, payload.sub]);
    if (!found) throw new Error('No role on this site.');
    const id = crypto.randomUUID();
    const metadata = { siteId, actorId: payload.sub, at: new Date().toISOString() };
    await rows(append, [`interaction-${id}`, 'InteractionCreated', body, JSON.stringify(metadata)]);
    return { id, ...JSON.parse(body) };
  };

  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://floor');
    const site = searchParams.get('site');
    switch (pathname) {
      case '/page':
        return { rows: await rows(page, [site]) };
      case '/page-and-total':
        return withTotal(page, total, [site]);
      case '/jump':
        return { rows: await rows(jump, [site, Number(searchParams.get('offset'))]) };
      case '/after':
        return { rows: await rows(after, [site, searchParams.get('start'), searchParams.get('id')]) };
      case '/search':
        return withTotal(search, searchTotal, [site, tsquery(searchParams.get('words') ?? '')]);
      case '/create':
        return create(request, insert);
      case '/create-locked':
        return create(request, lockedInsert);
      default:
        throw new Error(`There is no ${pathname}.`);
    }
  };

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => {
        const text = JSON.stringify(body);
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
        response.end(text);
      },
      (error: unknown) => {
        const text = String(error);
        response.writeHead(500, { 'content-length': Buffer.byteLength(text) });
        response.end(text);
      },
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
});
