import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

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
  origin = await world.app.listen({ port: 0, host: '127.0.0.1' });
  anna = await world.situation.user('Anna Smith');
  [site, otherSite] = [await world.situation.site('Brussels'), await world.situation.site('Paris')];
  for (const of of [site, otherSite]) await world.situation.role(of, anna, 'editor');
  await world.situation.interaction(site, anna, { title: 'The first' });
  await world.settled();
});

afterAll(() => world.close());

type Told = { id: string; event: string; data: { ids?: string[]; position?: string } };

const toldBy = (block: string): Told | undefined => {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
  );
  return fields.event ? { id: fields.id ?? '', event: fields.event, data: JSON.parse(fields.data ?? '') } : undefined;
};

/**
 * Listens as a browser does; `next` resolves with what is told, or undefined once the stream has ended. That totals have
 * followed their records comes when it comes, and is passed over.
 */
const listen = async (
  user: string,
  of: string,
  { lastEventId, at = origin }: { lastEventId?: string; at?: string } = {},
) => {
  const leaving = new AbortController();
  const headers = {
    ...(await world.callers.headersOf(user, of)),
    ...(lastEventId && { 'last-event-id': lastEventId }),
  };
  const response = await fetch(`${at}/api/v1/interactions/changes`, { headers, signal: leaving.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let place = '';
  let totals = 0;
  const block = async (): Promise<string | undefined> => {
    while (!text.includes('\n\n')) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return undefined;
      text += value;
    }
    const [first = ''] = text.split('\n\n', 1);
    text = text.slice(first.length + 2);
    place = /^id: (\d+)$/m.exec(first)?.[1] ?? place;
    return first;
  };
  const next = async (): Promise<Told | undefined> => {
    for (;;) {
      const given = await block();
      const told = given === undefined ? undefined : toldBy(given);
      if (told?.data.ids?.length === 0) totals += 1;
      else if (told || given === undefined) return told;
    }
  };
  if (response.status === 200) await block();
  return { response, next, place: () => place, totals: () => totals, leave: () => leaving.abort() };
};

describe('live changes', () => {
  test('name the records that others save, on this site only', async () => {
    const here = await listen(anna, site);
    expect(here.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    await world.situation.interaction(otherSite, anna, { title: 'Elsewhere' });
    const id = await world.situation.interaction(site, anna, { title: 'News' });
    const told = await here.next();
    expect(told).toMatchObject({
      event: 'interactions',
      data: { ids: [id], position: String(await world.situation.head()) },
    });
    here.leave();
  });

  test('that were missed while away are told on coming back', async () => {
    const first = await listen(anna, site);
    const one = await world.situation.interaction(site, anna, { title: 'One' });
    expect((await first.next())?.data.ids).toEqual([one]);
    first.leave();
    const two = await world.situation.interaction(site, anna, { title: 'Two' });
    await world.settled();
    const back = await listen(anna, site, { lastEventId: first.place() });
    expect((await back.next())?.data.ids).toEqual([two]);
    back.leave();
  });

  test('from an unknown place on are a reset', async () => {
    const back = await listen(anna, site, { lastEventId: '1' });
    expect(await back.next()).toMatchObject({ event: 'reset', data: {} });
    back.leave();
  });

  test('end when the role on the site is taken away', async () => {
    const guest = await world.situation.user('Guest');
    await world.situation.role(site, guest, 'viewer');
    await world.settled();
    const here = await listen(guest, site);
    await world.situation.removal(site, guest);
    expect(await here.next()).toBeUndefined();
    expect((await listen(guest, site)).response.status).toBe(403);
  });

  test('end when the person has signed out', async () => {
    let isSignedIn = true;
    const { app } = await world.startApi({ liveSessions: { isLive: () => isSignedIn } });
    const here = await listen(anna, site, { at: await app.listen({ port: 0, host: '127.0.0.1' }) });
    isSignedIn = false;
    const signedOutAt = performance.now();
    expect(await here.next()).toBeUndefined();
    expect(performance.now() - signedOutAt).toBeLessThan(4_000);
  });

  test('end when the person has signed out and roles change', async () => {
    let isSignedIn = true;
    const { app } = await world.startApi({ liveSessions: { isLive: () => isSignedIn } });
    const here = await listen(anna, site, { at: await app.listen({ port: 0, host: '127.0.0.1' }) });
    isSignedIn = false;
    const colleague = await world.situation.user('Colleague');
    await world.situation.role(site, colleague, 'viewer');
    expect(await here.next()).toBeUndefined();
  });

  test('are bounded in number per user', async () => {
    const busy = await world.situation.user('Busy');
    await world.situation.role(site, busy, 'viewer');
    await world.settled();
    const open = [];
    for (let number = 1; number <= 8; number += 1) open.push(await listen(busy, site));
    expect((await listen(busy, site)).response.status).toBe(429);
    for (const connection of open) connection.leave();
  });

  test('end when the server stops', async () => {
    const here = await listen(anna, site);
    const closing = world.app.close();
    expect(await here.next()).toBeUndefined();
    // This client keeps spare connections that never carried a request, and a server waits for those.
    world.app.server.closeAllConnections();
    await closing;
  });
});
