import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, lostMessages, type World } from '../testing/world.ts';

let world: World;
let origin: string;
let site: string;
let otherSite: string;
let anna: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { app } = await world.startApi({ messages: lostMessages });
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
  anna = await world.situation.user('Anna Smith');
  [site, otherSite] = [await world.situation.site('Brussels'), await world.situation.site('Paris')];
  for (const of of [site, otherSite]) await world.situation.role(of, anna, 'editor');
  await world.situation.interaction(site, anna, { title: 'The first' });
  await world.settled();
});

afterAll(() => world.close());

/** The events of an open connection, in the order in which they come. */
const listen = async (of: string) => {
  const leaving = new AbortController();
  const headers = await world.callers.headersOf(anna, of);
  const response = await fetch(`${origin}/api/v1/interactions/changes`, { headers, signal: leaving.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<string> => {
    for (;;) {
      const event = /event: (\w+)\ndata: .*\n\n/.exec(text);
      if (event) {
        text = text.slice(event.index + event[0].length);
        return event[1] ?? '';
      }
      const { done, value = '' } = (await reader?.read()) ?? { done: true };
      if (done) return 'the end';
      text += value;
    }
  };
  return { next, leave: () => leaving.abort() };
};

test('who listens is told to read again within moments when every message is lost, on that site only', async () => {
  const [here, elsewhere] = [await listen(site), await listen(otherSite)];
  let toldElsewhere = false;
  void elsewhere.next().then(
    () => {
      toldElsewhere = true;
    },
    () => undefined,
  );
  const waits: number[] = [];
  for (let round = 1; round <= 3; round += 1) {
    await world.situation.interaction(site, anna, { title: `Round ${round}` });
    await world.settled();
    const startedAt = performance.now();
    expect(await here.next()).toBe('reset');
    waits.push(performance.now() - startedAt);
  }
  expect(Math.min(...waits)).toBeLessThan(1_200);
  expect(Math.max(...waits)).toBeLessThan(2_500);
  expect(toldElsewhere).toBe(false);
  here.leave();
  elsewhere.leave();
});
