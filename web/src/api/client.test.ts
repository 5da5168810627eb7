import { describe, expect, it, vi } from 'vitest';
import { givenPerson } from '../testing/given.ts';
import { createClient } from './client.ts';

type Sent = { path: string; method: string; headers: Record<string, string> };
const signedIn = (token: string) => ({
  token,
  expiresAt: '2026-03-03T13:00:00Z',
  user: givenPerson,
  passwordExpired: false,
});
const answer = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const refusal = (status: number, code: string): Response =>
  answer({ status: 'error', error: { code, message: 'No', details: [], requestId: 'r1' } }, status);

const givenClient = (answers: (Response | Error)[], at = { now: 0 }) => {
  const sent: Sent[] = [];
  const availability = { saved: vi.fn(), commandFailed: vi.fn(), readFailed: vi.fn() };
  const session = { fresh: vi.fn(async (rejected?: string) => signedIn(rejected ? 'renewed' : 'first')), end: vi.fn() };
  const client = createClient({
    fetch: async (path, request) => {
      sent.push({
        path: String(path),
        method: request?.method ?? 'GET',
        headers: { ...(request?.headers as Record<string, string>) },
      });
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next ?? answer({});
    },
    session,
    wait: async () => undefined,
    now: () => at.now,
    availability,
  });
  return { client, sent, session, at, availability };
};

describe('the wire', () => {
  it('names the site and the person in every call', async () => {
    const { client, sent } = givenClient([answer({ interactions: [] })]);
    await client.read('/interactions', {
      siteId: 's1',
      query: { type: ['Meeting', 'Call'], search: undefined, page: 2 },
    });
    expect(sent[0]?.path).toBe('/api/v1/interactions?type=Meeting&type=Call&page=2');
    expect(sent[0]?.headers).toMatchObject({ authorization: 'Bearer first', 'x-site-id': 's1' });
  });

  it('has a site read anew for a moment after news of it', async () => {
    const { client, sent, at } = givenClient([answer({}), answer({}), answer({}), answer({})]);
    await client.read('/interactions', { siteId: 's1' });
    client.heardNews('s1');
    await client.read('/interactions', { siteId: 's1' });
    await client.read('/interactions', { siteId: 's2' });
    at.now = 2_000;
    await client.read('/interactions', { siteId: 's1' });
    expect(sent.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'no-cache', undefined, undefined]);
  });

  it('renews a refused token once and repeats the call', async () => {
    const { client, sent, session } = givenClient([refusal(401, 'AUTHENTICATION_ERROR'), answer({ ok: true })]);
    await expect(client.read('/interactions')).resolves.toEqual({ ok: true });
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer renewed']);
    expect(session.end).not.toHaveBeenCalled();
  });

  it('ends the session when the new token is refused as well', async () => {
    const { client, session } = givenClient([
      refusal(401, 'AUTHENTICATION_ERROR'),
      refusal(401, 'AUTHENTICATION_ERROR'),
    ]);
    await expect(client.read('/interactions')).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
    expect(session.end).toHaveBeenCalledOnce();
  });

  it('leaves the session as it is when only the password has expired', async () => {
    const { client, session, sent } = givenClient([refusal(401, 'PASSWORD_EXPIRED'), refusal(401, 'PASSWORD_EXPIRED')]);
    await expect(client.command('POST', '/interactions')).rejects.toMatchObject({ code: 'PASSWORD_EXPIRED' });
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer renewed']);
    expect(session.end).not.toHaveBeenCalled();
  });

  it('repeats a command whose answer was lost under the same key', async () => {
    const { client, sent } = givenClient([
      new TypeError('Failed to fetch'),
      refusal(503, 'SERVICE_UNAVAILABLE'),
      answer({ success: true }),
    ]);
    await client.command('POST', '/interactions', { siteId: 's1', body: {} });
    const keys = sent.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('gives up in the end and says that there is no connection', async () => {
    const lost = (): Error => new TypeError('Failed to fetch');
    const { client, sent } = givenClient([lost(), lost(), lost()]);
    await expect(client.command('POST', '/interactions')).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(sent).toHaveLength(3);
  });

  it('does not repeat what was refused', async () => {
    const { client, sent } = givenClient([refusal(409, 'INVALID_TRANSITION')]);
    await expect(client.command('POST', '/interactions/1/status')).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
      requestId: 'r1',
    });
    expect(sent).toHaveLength(1);
  });

  it('reads what it wrote: the token of a command goes with later reads, for a while', async () => {
    const { client, sent, at } = givenClient([answer({ success: true }, 200, { 'x-consistency-token': '1.42' })]);
    await client.command('DELETE', '/interactions/1', { revision: 3 });
    await client.read('/interactions');
    at.now = 120_000;
    await client.read('/interactions');
    expect(sent[0]?.headers['if-match']).toBe('"3"');
    expect(sent[1]?.headers['x-consistency-token']).toBe('1.42');
    expect(sent[2]?.headers['x-consistency-token']).toBeUndefined();
  });
});
