import { randomUUID } from 'node:crypto';
import { createLogger } from '@ims/platform/observability/logger';
import { readRequest } from '@ims/platform/operations/read-requests';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRebuildWorld, type RebuildWorld } from '../testing/rebuild-world.ts';
import { type Requests, startRequests } from './start-requests.ts';

let world: RebuildWorld;
let requests: Requests;
beforeEach(async () => {
  world = await createRebuildWorld();
  await world.record(5);
  await world.operations().rebuild('interactions', {}, () => undefined, new AbortController().signal);
  requests = startRequests({
    pool: world.test.pool,
    operations: world.operations(),
    running: () => [],
    logger: createLogger({ component: 'test', level: 'silent' }),
    owner: randomUUID(),
  });
});
afterEach(async () => {
  await requests?.stop();
  await world?.stop();
});

const ask = async (operation: string, version?: number): Promise<string> => {
  const id = randomUUID();
  await world.test.owner.query(
    `insert into operations.requests (id, operation, projection, version) values ($1, $2, 'interactions', $3)`,
    [id, operation, version ?? null],
  );
  return id;
};

const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const found = await readRequest(world.test.owner, id);
      expect(found?.finishedAt).toEqual(expect.anything());
      return { state: found?.state, answer: found?.answer };
    },
    { timeout: 8_000, interval: 50 },
  );

/** As if the projector had died after it had sent readers to the other version, before it wrote the answer. */
const loseTheAnswer = (id: string) =>
  world.test.owner.query(
    `update operations.requests set state = 'running', answer = null, finished_at = null, taken_by = $2,
     taken_at = clock_timestamp() - interval '16 seconds' where id = $1`,
    [id, randomUUID()],
  );

it.each(['rollback', 'switch'])('a %s that is taken over after it was done does not undo itself', async (operation) => {
  const id = await ask(operation);
  expect(await ended(id)).toMatchObject({ state: 'done' });
  expect(await world.active('interactions')).toBe(1);
  await loseTheAnswer(id);
  expect(await ended(id)).toEqual({
    state: 'done',
    answer: expect.stringMatching(/^Version 1 of interactions is in use/),
  });
  expect(await world.active('interactions')).toBe(1);
});

it('a switch to a version that is named is done as well when it is taken over, and refused when asked anew', async () => {
  const id = await ask('switch', 1);
  expect(await ended(id)).toMatchObject({ state: 'done' });
  await loseTheAnswer(id);
  expect(await ended(id)).toMatchObject({ state: 'done' });
  expect(await ended(await ask('switch', 1))).toMatchObject({ state: 'refused' });
});
