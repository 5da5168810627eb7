import { formatConsistencyToken } from '@ims/platform/http/consistency-token';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { versionSchemas } from '@ims/projector/versions/version-schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecondVersion, type SecondVersion } from './testing/second-version.ts';
import { type Api, createWorld, lostMessages, type World } from './testing/world.ts';

let world: World;
let second: SecondVersion;
let api: Api;
let brussels: string;
let paris: string;
let anna: string;

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  const { situation } = world;
  anna = await situation.user('Anna Smith');
  [brussels, paris] = [await situation.site('Brussels'), await situation.site('Paris')];
  for (const site of [brussels, paris]) {
    await situation.role(site, anna, 'administrator');
    for (const title of ['Budget', 'Review', 'Visit']) await situation.interaction(site, anna, { title });
    const gone = await situation.interaction(site, anna, { title: 'Gone' });
    await situation.change(site, anna, gone, { type: 'InteractionDeleted', data: {} });
  }
  await world.settled();
  await world.projector.stop();
  second = await createSecondVersion(world, versionSchemas, [brussels, paris]);
  api = await world.startApi({ messages: lostMessages });
});

afterAll(async () => {
  await second.close();
  await world.close();
});

const questions = [
  '/api/v1/interactions?total=exact',
  '/api/v1/interactions?search=budget',
  '/api/v1/interactions/count?search=review',
  '/api/v1/interactions/leads?prefix=anna',
  '/api/v1/interactions/types',
  '/api/v1/interactions/bin',
] as const;

/** Which version an answer came from, by what only that version says; `mixed` must never be. */
const versionIn = (url: string, body: Awaited<ReturnType<Api['get']>>['body']): string => {
  const marks = new Set<string>();
  for (const { title } of body.interactions ?? []) marks.add(title.endsWith('(2)') ? '2' : '1');
  for (const lead of body.leads ?? []) marks.add(lead.endsWith('(2)') ? '2' : '1');
  if (body.types) marks.add(body.types[0].uses > 100 ? '2' : '1');
  if (url.endsWith('/bin')) marks.add(body.total > 100 ? '2' : '1');
  if (body.unfilteredTotal !== undefined) marks.add(body.unfilteredTotal > 100 ? '2' : '1');
  return marks.size > 1 ? 'mixed' : [...marks].join();
};

const ask = async (site: string, url: string, headers: Record<string, string> = {}) => {
  const { status, body, text } = await api.get(anna, site, url, headers);
  return { status, version: status === 200 ? versionIn(url, body) : text };
};

/** Until every question of the site is answered from this version; the wait in milliseconds. */
const readsOnly = async (site: string, version: string): Promise<number> => {
  const startedAt = performance.now();
  for (;;) {
    const answers = await Promise.all(questions.map((url) => ask(site, url)));
    expect(answers.map(({ status }) => status)).toEqual(questions.map(() => 200));
    expect(answers.map((answer) => answer.version)).not.toContain('mixed');
    if (answers.every((answer) => answer.version === version || answer.version === '')) {
      return performance.now() - startedAt;
    }
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  }
};

describe('when readers are sent to another version of the tables', () => {
  test('every question is answered from it, for one site and then for all, and back, while people read', async () => {
    let reading = true;
    const answers: { status: number; version: string }[] = [];
    const readers = [brussels, paris, brussels, paris].map(async (site, number) => {
      for (let turn = number; reading; turn += 1) {
        answers.push(await ask(site, questions[turn % questions.length] ?? questions[0]));
      }
    });
    await readsOnly(brussels, '1');
    await second.activate(2, brussels);
    await readsOnly(brussels, '2');
    await readsOnly(paris, '1');
    await second.activate(2);
    await readsOnly(paris, '2');
    await second.activate(1, paris);
    await readsOnly(paris, '1');
    await readsOnly(brussels, '2');
    await second.activate(1);
    await readsOnly(brussels, '1');
    reading = false;
    await Promise.all(readers);
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.map(({ version }) => version)).not.toContain('mixed');
  });

  test('a record is shown from it at once', async () => {
    const { body } = await api.get(anna, brussels, '/api/v1/interactions?search=budget');
    const address = `/api/v1/interactions/${body.interactions[0].id}`;
    const title = async () => (await api.get(anna, brussels, address)).body.interaction.title;
    expect(await title()).toBe('Budget');
    await second.activate(2, brussels);
    expect(await title()).toBe('Budget (2)');
    await second.activate(1);
    expect(await title()).toBe('Budget');
  });

  test('reading one’s writes waits for the version that the site reads', async () => {
    const head = await world.situation.head();
    const token = { 'x-consistency-token': formatConsistencyToken({ epoch: 1, position: head }) };
    const place = `update read.projection_checkpoints set position = $1 where projection = 'interactions' and version = $2`;
    await second.run(place, [head - 1n, 2]);
    await second.activate(2, brussels);
    const record = async (site: string) => {
      const { body } = await api.get(anna, site, '/api/v1/interactions');
      return `/api/v1/interactions/${body.interactions[0].id}`;
    };
    const [here, there] = [await record(brussels), await record(paris)];
    expect((await ask(paris, there, token)).status).toBe(200);
    const waiting = ask(brussels, here, token);
    const tooEarly = await Promise.race([waiting, ask(paris, there, token)]);
    expect(tooEarly.status).toBe(200);
    const lagging = await waiting;
    expect(lagging).toMatchObject({ status: 503 });
    await second.run(place, [head - 1n, 1]);
    const later = ask(brussels, here, token);
    // By the time others have had their answers, this one is waiting.
    for (let turn = 1; turn <= 3; turn += 1) expect((await ask(paris, there)).status).toBe(200);
    await second.run(place, [head, 2]);
    expect((await later).status).toBe(200);
    await second.run(place, [head, 1]);
    await second.activate(1);
  });

  test('the old one can be dropped and the next question still finds the new one', async () => {
    await readsOnly(brussels, '1');
    // Not in any cache, so the tables themselves were read under the old version last.
    expect((await ask(brussels, '/api/v1/interactions?search=visit&sort=title:desc')).version).toBe('1');
    await second.activate(2);
    await second.run(versionSchemas.interactions.drop(1));
    const answers = await Promise.all(
      questions.map((url) => ask(brussels, `${url}${url.includes('?') ? '&' : '?'}siteId=${brussels}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(questions.map(() => 200));
    const fresh = await ask(brussels, '/api/v1/interactions?search=visit&sort=title:asc');
    expect(fresh).toEqual({ status: 200, version: '2' });
  });
});
