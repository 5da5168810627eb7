import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createGate } from '../testing/gate.ts';
import { createRequestsWorld, type RequestsWorld, type TestedOperations } from '../testing/requests-world.ts';
import type { SettlingProjection } from './run-request.ts';

let world: RequestsWorld;
beforeAll(async () => {
  world = await createRequestsWorld();
});
afterEach(() => world.reset());
afterAll(() => world?.close());

it('lets several projectors share the work: each request is carried out once', async () => {
  const carriedOut: string[] = [];
  const pause: TestedOperations['pause'] = async (name) => {
    carriedOut.push(name);
    return 'Paused';
  };
  const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => world.ask('pause', `p${index}`)));
  for (let count = 0; count < 3; count += 1) world.start({ pause });
  await Promise.all(ids.map(world.ended));
  expect(carriedOut.sort()).toEqual(ids.map((_, index) => `p${index}`).sort());
});

it('pauses beside a rebuild, but never rebuilds a projection twice at a time', async () => {
  const gate = createGate();
  let atOnce = 0;
  let most = 0;
  const rebuild = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await gate.opened;
    atOnce -= 1;
    return 'Rebuilt';
  };
  world.start({ rebuild });
  world.start({ rebuild });
  const [first, second] = [await world.ask('rebuild'), await world.ask('rebuild')];
  await vi.waitFor(async () => expect((await world.request(first)).state).toBe('running'));
  expect(await world.ended(await world.ask('pause'))).toMatchObject({ state: 'done' });
  expect((await world.request(second)).state).toBe('waiting');
  gate.open();
  await Promise.all([world.ended(first), world.ended(second)]);
  expect(most).toBe(1);
});

it('takes over from a projector that died, not from one that is alive', async () => {
  const [dead, alive] = [await world.ask('rebuild'), await world.ask('rebuild', 'users')];
  const takenBy = (id: string, secondsAgo: number) =>
    world.admin.query(
      `update operations.requests set state = 'running', taken_by = $2,
       taken_at = clock_timestamp() - $3 * interval '1 second' where id = $1`,
      [id, randomUUID(), secondsAgo],
    );
  await Promise.all([takenBy(dead, 16), takenBy(alive, 5)]);
  world.start();
  expect(await world.ended(dead)).toEqual({ state: 'done', answer: 'rebuild done' });
  expect((await world.request(alive)).state).toBe('running');
});

it('says that it is alive while a rebuild runs, and leaves the rebuild to the next when it stops', async () => {
  const rebuild: TestedOperations['rebuild'] = (_name, _options, _tell, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const first = world.start({ rebuild });
  const id = await world.ask('rebuild');
  const takenAt = async () => {
    const { rows } = await world.admin.query('select taken_at from operations.requests where id = $1', [id]);
    return rows[0]?.taken_at as Date | null;
  };
  await vi.waitFor(async () => expect(await takenAt()).not.toBeNull());
  const began = await takenAt();
  await vi.waitFor(async () => expect(await takenAt()).not.toEqual(began), { timeout: 4_000, interval: 100 });
  await first.stop();
  expect((await world.request(id)).state).toBe('waiting');
  world.start();
  expect(await world.ended(id)).toEqual({ state: 'done', answer: 'rebuild done' });
});

const park = async (leader: string | undefined): Promise<string> => {
  const id = randomUUID();
  await world.admin.query(
    `insert into read.dead_letters (id, projection, version, stream, position, revision, event_id, event_type, error)
     values ($1, 'interactions', 1, $2, 7, 0, $1, 'InteractionCreated', 'broken')`,
    [id, `interaction-${id}`],
  );
  await world.admin.query(
    `insert into read.projection_checkpoints (projection, version, owner, lease_expires_at)
     values ('interactions', 1, $1, case when $1::uuid is not null then clock_timestamp() + interval '1 minute' end)`,
    [leader ?? null],
  );
  return id;
};

const settling = (settled: string[]): SettlingProjection => ({
  status: () => ({ name: 'interactions', version: 1 }),
  settle: (id, how) => {
    settled.push(`${how} ${id}`);
    return Promise.resolve('resolved' as const);
  },
});

it('leaves a dead letter to the projector that leads its projection', async () => {
  const leader = randomUUID();
  const byLeader: string[] = [];
  const byOther: string[] = [];
  const deadLetterId = await park(leader);
  world.start({}, { running: [settling(byOther)] });
  const id = await world.ask('retry-dead-letter', 'interactions', { deadLetterId, secondsAgo: 60 });
  expect(await world.ended(await world.ask('pause'))).toMatchObject({ state: 'done' });
  expect((await world.request(id)).state).toBe('waiting');
  world.start({}, { owner: leader, running: [settling(byLeader)] });
  expect(await world.ended(id)).toEqual({ state: 'done', answer: 'The record is current again' });
  expect([byLeader, byOther]).toEqual([[`retry ${deadLetterId}`], []]);
});

it('says so when nobody leads the projection of a dead letter', async () => {
  const deadLetterId = await park(undefined);
  world.start();
  const id = await world.ask('skip-dead-letter', 'interactions', { deadLetterId, secondsAgo: 11 });
  const { state, answer } = await world.ended(id);
  expect(state).toBe('refused');
  expect(answer).toMatch(/Nobody projects interactions version 1: resume it/);
});
