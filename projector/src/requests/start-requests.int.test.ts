import { randomUUID } from 'node:crypto';
import { refusal } from '@ims/contracts/error-codes';
import { Overloaded } from '@ims/platform/http/unavailable';
import { readDifferences } from '@ims/platform/operations/read-requests';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createRequestsWorld, type RequestsWorld } from '../testing/requests-world.ts';

let world: RequestsWorld;
beforeAll(async () => {
  world = await createRequestsWorld();
});
afterEach(() => world.reset());
afterAll(() => world?.close());

it('carries out what was asked and answers in a sentence, a refusal included', async () => {
  world.start({ rollback: () => Promise.resolve(refusal('CONFLICT', 'There is nothing to go back to')) });
  expect(await world.ended(await world.ask('pause'))).toEqual({ state: 'done', answer: 'pause done' });
  expect(await world.ended(await world.ask('rollback'))).toEqual({
    state: 'refused',
    answer: 'There is nothing to go back to',
  });
});

it('says that something went wrong and tries again what only needs time', async () => {
  let tries = 0;
  world.start({
    pause: () => Promise.reject(new Error('no such column')),
    resume: () => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Overloaded('later')) : Promise.resolve('Resumed');
    },
  });
  expect(await world.ended(await world.ask('pause'))).toEqual({ state: 'failed', answer: 'It failed: no such column' });
  expect(await world.ended(await world.ask('resume', 'users'))).toEqual({ state: 'done', answer: 'Resumed' });
  expect(tries).toBe(2);
});

it('says nothing of what stood in a record when the database refused a value of it', async () => {
  world.start({ pause: () => world.pool.query(`select 'Jane Doe'::int`).then(() => 'Paused') });
  const { state, answer } = await world.ended(await world.ask('pause'));
  expect({ state, answer }).toEqual({
    state: 'failed',
    answer: expect.stringMatching(/^It failed: The database refused a value: SQLSTATE 22P02/),
  });
});

it('takes a request for all projections apart and puts the answers together', async () => {
  world.start({
    pause: (name) => Promise.resolve(name === 'users' ? refusal('CONFLICT', 'Paused already') : 'Paused'),
  });
  const { state, answer } = await world.ended(await world.ask('pause', 'all'));
  expect(state).toBe('refused');
  expect(answer?.split('\n')).toEqual([
    'interactions: Paused',
    'statistics: Paused',
    'suggestions: Paused',
    'access: Paused',
    'users: Paused already',
  ]);
});

it('rebuilds for one site only what is kept by site', async () => {
  world.start();
  const { answer } = await world.ended(await world.ask('rebuild', 'all', { siteId: randomUUID() }));
  expect(answer).toBe('interactions: rebuild done\nstatistics: rebuild done\nsuggestions: rebuild done');
});

it('keeps every row that a verification found to differ', async () => {
  const found = ['a', 'b', 'c', 'd'].map((id) => ({
    table: 'interactions',
    key: { site_id: 's', id },
    difference: 'missing' as const,
  }));
  world.start({
    verify: (projection, { tell }) => {
      tell?.(3, 9);
      return Promise.resolve({ projection, version: 2, position: 9n, differences: found });
    },
  });
  const id = await world.ask('verify');
  const { state, answer } = await world.ended(id);
  expect(state).toBe('done');
  expect(answer).toBe(
    'interactions version 2, compared up to position 9: 4 rows differ: interactions site_id=s id=a missing; interactions site_id=s id=b missing; interactions site_id=s id=c missing; and 1 more',
  );
  expect((await world.request(id)).progress).toEqual({ done: 3, total: 9 });
  expect(await readDifferences(world.admin, [id])).toEqual(
    found.map((one) => ({ projection: 'interactions', version: 2, ...one })),
  );
});
