import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { interactionStream } from '@ims/contracts/ids';
import type pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Projector } from '../app.ts';
import { interactions } from '../interactions/projection.ts';
import { projections } from '../projections.ts';
import { statistics } from '../statistics/projection.ts';
import { created } from '../testing/events.ts';
import { createGate } from '../testing/gate.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { leaseMs } from './checkpoints.ts';

const site = randomUUID();
let test: TestProjector;
let processes: ChildProcess[];
beforeEach(async () => {
  test = await createTestProjector();
  processes = [];
});
afterEach(async () => {
  for (const child of processes) child.kill('SIGKILL');
  await test.stop();
});

/** Resolves when it runs, however long a busy machine takes to load it. */
const startProcess = async (): Promise<ChildProcess> => {
  const script = fileURLToPath(new URL('../testing/projector-process.ts', import.meta.url));
  const env = { ...process.env, DATABASE_URL: test.ownerUrl };
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  processes.push(child);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The projector process ended by itself')));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return child;
};

const recordInteraction = (title: string): Promise<bigint> =>
  test.record({ stream: interactionStream(randomUUID()), siteId: site, events: [created({ title })] });

const titles = async (): Promise<readonly string[]> => {
  const { rows } = await test.owner.query<{ title: string }>('select title from read.interactions_v1 order by title');
  return rows.map(({ title }) => title);
};

/** How many projections each living projector leads, the fewest first. */
const shares = async (): Promise<readonly number[]> => {
  const { rows } = await test.owner.query<{ leases: number }>(
    `select count(*)::int as leases from read.projection_checkpoints
     where lease_expires_at > clock_timestamp() group by owner order by 1`,
  );
  return rows.map(({ leases }) => leases);
};

const within = (timeout: number) => ({ timeout, interval: 50 });
const ledBy = (projector: Projector) =>
  projector.status().filter(({ state }) => state === 'live' || state === 'catching-up').length;

it('a projector that comes later gets its share, and both project', async () => {
  const first = test.start();
  await first.whenCaughtUp(await recordInteraction('one'));
  expect(await shares()).toEqual([projections.length]);
  const second = test.start();
  await expect.poll(() => ledBy(second), within(8_000)).toBeGreaterThanOrEqual(2);
  await expect.poll(shares, within(8_000)).toEqual([2, 3]);
  const position = await recordInteraction('two');
  await Promise.all([first.whenCaughtUp(position), second.whenCaughtUp(position)]);
  expect(ledBy(first) + ledBy(second)).toBe(projections.length);
  expect(await titles()).toEqual(['one', 'two']);
});

it('a projector that ends gives everything back at once', async () => {
  const first = test.start();
  await first.whenCaughtUp(await recordInteraction('one'));
  const second = test.start();
  await expect.poll(shares, within(8_000)).toEqual([2, 3]);
  await first.stop();
  await expect.poll(() => ledBy(second), within(3_000)).toBe(projections.length);
});

it('a projector that takes only some projections is given no others', async () => {
  const first = test.start();
  await first.whenCaughtUp(await recordInteraction('one'));
  const small = test.start({ projections: [statistics] });
  await expect.poll(() => ledBy(small), within(8_000)).toBe(1);
  expect(await shares()).toEqual([1, projections.length - 1]);
});

it('one that is killed is replaced within the time of a lease', async () => {
  const survivor = test.start();
  await survivor.whenCaughtUp(await recordInteraction('one'));
  const child = await startProcess();
  await expect.poll(shares, within(20_000)).toEqual([2, 3]);
  child.kill('SIGKILL');
  const killedAt = performance.now();
  await survivor.whenCaughtUp(await recordInteraction('two'));
  await expect.poll(() => ledBy(survivor), within(leaseMs + 5_000)).toBe(projections.length);
  expect(performance.now() - killedAt).toBeLessThan(leaseMs + 2_500);
  expect(await titles()).toEqual(['one', 'two']);
}, 90_000);

it('one that was paused and wakes up is shut out, then shares again', async () => {
  const survivor = test.start();
  await survivor.whenCaughtUp(await recordInteraction('one'));
  const child = await startProcess();
  await expect.poll(shares, within(20_000)).toEqual([2, 3]);
  child.kill('SIGSTOP');
  const position = await recordInteraction('two');
  await expect.poll(() => ledBy(survivor), within(leaseMs + 8_000)).toBe(projections.length);
  await survivor.whenCaughtUp(position);
  child.kill('SIGCONT');
  await expect.poll(shares, within(10_000)).toEqual([2, 3]);
  await survivor.whenCaughtUp(await recordInteraction('three'));
  for (const projection of projections) expect((await test.verify(projection)).differences).toEqual([]);
}, 90_000);

/** A pool whose transactions stand still behind the lease row, as if the process had been paused there. */
const pausing = (pool: pg.Pool, paused: () => void, resumed: Promise<void>): pg.Pool =>
  new Proxy(pool, {
    get: (target, name) => {
      if (name !== 'connect')
        return typeof target[name as 'query'] === 'function'
          ? target[name as 'query'].bind(target)
          : target[name as 'query'];
      return async () => {
        const client = await target.connect();
        const query = client.query.bind(client) as (...parameters: unknown[]) => Promise<unknown>;
        const stalled = async (...parameters: unknown[]) => {
          const result = await query(...parameters);
          if (!String(parameters[0]).startsWith('select fence, position')) return result;
          paused();
          await resumed;
          return result;
        };
        return Object.assign(client, { query: stalled });
      };
    },
  });

it('one that was paused amid a batch does not hold its projection for longer than a lease', async () => {
  const { opened: isPaused, open: paused } = createGate();
  const { opened: resumed, open: resume } = createGate();
  const twin = test.start({ projections: [interactions], pool: pausing(test.pool, paused, resumed) });
  const position = await recordInteraction('one');
  await isPaused;
  const successor = test.start({ projections: [interactions] });
  await expect.poll(() => ledBy(successor), within(leaseMs + 5_000)).toBe(1);
  await successor.whenCaughtUp(position);
  resume();
  await twin.whenCaughtUp(position);
  expect(await titles()).toEqual(['one']);
  expect((await test.verify(interactions)).differences).toEqual([]);
});
