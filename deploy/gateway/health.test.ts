import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { buildHealthApp } from '@ims/platform/http/health-app';
import { afterEach, expect, it } from 'vitest';
import { gatewayChecks } from './health.ts';

const opened: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** A service that says this of itself, after a while. */
const service = async (report: { status: string; details: Record<string, unknown> }, afterMs = 0): Promise<string> => {
  const server = createServer(async (_request, response) => {
    await delay(afterMs);
    response.writeHead(report.status === 'DOWN' ? 503 : 200).end(JSON.stringify(report));
  }).listen(0, '127.0.0.1');
  opened.push(server);
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
};

const dead = 'http://127.0.0.1:1';
const up = (part = 'UP') => service({ status: 'UP', details: { db: 'UP', storage: part } });

const health = async (commands: string[], queries: string[], projectors: string[]) => {
  const services = { 'command-api': commands, 'query-api': queries, projector: projectors };
  const app = await buildHealthApp({ version: '1', ...gatewayChecks(services) });
  const answer = await app.inject('/api/health');
  return { code: answer.statusCode, ...answer.json() };
};

it('is UP when every process of every service is', async () => {
  const answer = await health([await up(), await up()], [await up()], [await up()]);
  expect(answer).toMatchObject({ code: 200, status: 'UP', details: { db: 'UP', projector: { processes: ['UP'] } } });
});

it('is DEGRADED while one of several is away, or all that write', async () => {
  expect(await health([await up()], [await up(), dead], [await up()])).toMatchObject({ code: 200, status: 'DEGRADED' });
  expect(await health([dead], [await up()], [await up()])).toMatchObject({
    status: 'DEGRADED',
    details: { 'command-api': { status: 'DEGRADED', processes: ['DOWN'] } },
  });
});

it('is DOWN when nobody can be asked', async () => {
  const answer = await health([dead], [dead], [dead]);
  expect(answer).toMatchObject({ code: 503, status: 'DOWN', details: { db: 'DOWN', 'query-api': { status: 'DOWN' } } });
});

it('waits for services that wait for an engine, and tells which part it is', async () => {
  const withoutLog = { status: 'DOWN', details: { db: 'UP', storage: 'DOWN' } };
  const reading = { status: 'DEGRADED', details: { db: 'UP', storage: 'DEGRADED' } };
  const answer = await health(
    [await service(withoutLog, 2_000)],
    [await service(reading)],
    [await service(withoutLog)],
  );
  expect(answer).toMatchObject({ code: 200, status: 'DEGRADED', details: { db: 'UP', storage: 'DEGRADED' } });
});
