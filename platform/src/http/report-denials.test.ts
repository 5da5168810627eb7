import { randomUUID } from 'node:crypto';
import { refusal } from '@ims/contracts/error-codes';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccessReader } from '../identity/access.ts';
import { createTokenVerifier } from '../identity/verify-token.ts';
import { createLogger } from '../observability/logger.ts';
import type { SecurityReport } from '../security-events/security-inbox.ts';
import { createTestCallers } from '../testing/test-callers.ts';
import { buildServer, type Server } from './build-server.ts';
import { sendRefusal } from './errors.ts';
import { createDenialRecorder, type Denial, type DenialRecorder } from './report-denials.ts';

const recorded: SecurityReport[] = [];
let isAway = false;
const inbox = {
  record: async (report: SecurityReport) => {
    if (isAway) throw new Error('The database is away');
    recorded.push(report);
  },
};
const told = () =>
  recorded.map(({ event, siteId }) => {
    if (event.type !== 'AccessDenied') throw new Error('Something else was recorded');
    const { operation, reason, times } = event.data;
    return [operation, reason, times, siteId];
  });

const lines: string[] = [];
const logger = createLogger({ component: 'test', level: 'warn', destination: { write: (line) => lines.push(line) } });
const person = randomUUID();
const brussels = randomUUID();
const denialOf = (over: Partial<Denial> = {}): Denial => ({
  userId: person,
  siteId: brussels,
  reason: 'no-role',
  operation: 'GET /things',
  ip: '192.0.2.7',
  userAgent: 'Browser',
  correlationId: 'call-1',
  ...over,
});

beforeEach(() => {
  recorded.length = 0;
  lines.length = 0;
  isAway = false;
});

describe('recording refusals', () => {
  let denials: DenialRecorder;
  const missed: number[] = [];
  beforeEach(() => {
    vi.useFakeTimers();
    missed.length = 0;
    denials = createDenialRecorder({ inbox, logger, notRecorded: () => missed.push(1) });
  });
  afterEach(() => vi.useRealTimers());
  const minute = () => vi.advanceTimersByTimeAsync(60_000);

  it('writes the first at once and those of its minute as one when it ends, however many', async () => {
    for (let call = 0; call < 500; call += 1) denials.report(denialOf());
    expect(told()).toEqual([['GET /things', 'no-role', 1, brussels]]);
    await minute();
    expect(told()[1]).toEqual(['GET /things', 'no-role', 499, brussels]);
    await minute();
    await minute();
    denials.report(denialOf());
    expect(told()).toHaveLength(3);
  });

  it('keeps people, operations, reasons and sites apart', () => {
    denials.report(denialOf());
    denials.report(denialOf({ userId: randomUUID() }));
    denials.report(denialOf({ operation: 'POST /things' }));
    denials.report(denialOf({ reason: 'suspended' }));
    denials.report(denialOf({ siteId: undefined }));
    expect(recorded).toHaveLength(5);
  });

  it('writes what was counted when the server closes', async () => {
    for (let call = 0; call < 3; call += 1) denials.report(denialOf());
    await denials.close();
    expect(told().map(([, , times]) => times)).toEqual([1, 2]);
  });

  it('keeps what the database did not take until it does', async () => {
    isAway = true;
    denials.report(denialOf());
    await minute();
    isAway = false;
    denials.report(denialOf());
    await minute();
    expect(told()).toEqual([['GET /things', 'no-role', 2, brussels]]);
  });

  it('lets nobody fill the audit with made-up sites', async () => {
    for (let call = 0; call < 600; call += 1) denials.report(denialOf({ siteId: randomUUID() }));
    expect(recorded).toHaveLength(51);
    await minute();
    expect(told().at(-1)?.slice(0, 3)).toEqual(['GET /things', 'no-role', 549]);
  });

  it('holds only so many kinds at once, and says so once', async () => {
    denials = createDenialRecorder({ inbox, logger, notRecorded: () => missed.push(1), mostWindows: 10 });
    for (let call = 0; call < 15; call += 1) denials.report(denialOf({ userId: randomUUID() }));
    expect([recorded.length, missed.length]).toEqual([10, 5]);
    expect(lines.filter((line) => line.includes('missing from the audit'))).toHaveLength(1);
    await minute();
    denials.report(denialOf({ userId: randomUUID() }));
    expect(recorded).toHaveLength(11);
  });
});

describe('a server that records refusals', () => {
  const suspended = randomUUID();
  const elsewhere = randomUUID();
  const accessReader: AccessReader = {
    read: async (userId, siteId) => {
      const rest = { settings: defaultSiteSettings, interactionTypes: [], role: 'viewer' as const };
      const site = siteId === brussels ? { id: brussels, name: 'Brussels', active: true, ...rest } : undefined;
      return { active: userId !== suspended, systemRoles: [], site };
    },
  };
  const build = async (denials?: DenialRecorder): Promise<Server> => {
    const app = await buildServer({
      title: 'Test',
      version: '0',
      logger: createLogger({ component: 'test', level: 'info' }),
      verifier: createTokenVerifier(callers.keySource),
      accessReader,
      rateLimits: 'off',
      denials,
    });
    const read = { access: { kind: 'site', action: 'interaction.read' } } as const;
    app.get('/things', { config: read }, () => ({}));
    app.get('/things/:id', { config: read }, (_request, reply) =>
      sendRefusal(reply, refusal('RESOURCE_NOT_FOUND', 'There is no such thing')),
    );
    const update = { access: { kind: 'site', action: 'interaction.create' } } as const;
    app.post('/things', { config: update }, () => ({}));
    app.get('/own', { config: { access: { kind: 'signed-in' } } }, (_request, reply) =>
      sendRefusal(reply, refusal('AUTHORIZATION_ERROR', 'You may not do this')),
    );
    app.get('/gone', { config: read }, (_request, reply) =>
      sendRefusal(reply, refusal('RESOURCE_NOT_FOUND', 'Nothing is here')),
    );
    await app.ready();
    return app;
  };
  let callers: Awaited<ReturnType<typeof createTestCallers>>;

  type Call = readonly ['GET' | 'POST', string, string, string?];
  const calls: readonly Call[] = [
    ['GET', '/things', person, brussels],
    ['GET', '/things', person, elsewhere],
    ['GET', `/things/${randomUUID()}`, person, brussels],
    ['POST', '/things', person, brussels],
    ['GET', '/things', suspended, brussels],
    ['GET', '/own', person],
    ['GET', '/gone', person, brussels],
    ['GET', '/nowhere', person, brussels],
  ];
  const send = async (app: Server, [method, url, userId, siteId]: Call) => {
    const headers = { ...(await callers.headersOf(userId, siteId)), 'x-request-id': 'call-1', 'user-agent': 'Browser' };
    const { statusCode, headers: answered, body } = await app.inject({ method, url, headers });
    return { statusCode, body, headers: { ...answered, date: '' } };
  };

  it('records who asked for what they may not have, and answers as ever', async () => {
    callers = await createTestCallers();
    const app = await build(createDenialRecorder({ inbox, logger }));
    const silent = await build();
    for (const call of calls) expect(await send(app, call)).toEqual(await send(silent, call));
    await Promise.all([app.close(), silent.close()]);
    expect(told()).toEqual([
      ['GET /things', 'no-role', 1, elsewhere],
      ['GET /things/:id', 'no-such-record', 1, brussels],
      ['POST /things', 'not-allowed', 1, brussels],
      ['GET /things', 'suspended', 1, brussels],
      ['GET /own', 'not-allowed', 1, undefined],
    ]);
    expect(recorded[0]).toMatchObject({
      actorId: person,
      correlationId: 'call-1',
      event: { data: { userId: person, ip: '127.0.0.1', userAgent: 'Browser' } },
    });
  });

  it('answers all the same when nothing can be recorded', async () => {
    callers = await createTestCallers();
    isAway = true;
    const app = await build(createDenialRecorder({ inbox, logger }));
    expect((await send(app, ['GET', '/things', person, elsewhere])).statusCode).toBe(403);
    await app.close();
    expect(lines.join()).toContain('A refusal cannot be recorded now');
  });
});
