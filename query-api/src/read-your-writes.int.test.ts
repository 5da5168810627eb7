import { formatConsistencyToken } from '@ims/platform/http/consistency-token';
import { startProjector } from '@ims/projector/app';
import { readMigrations } from '@ims/projector/migrations';
import { projections } from '@ims/projector/projections';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, createWorld, type World } from './testing/world.ts';

let world: World;
let site: string;
let anna: string;
let projector: { stop(): Promise<void> };

beforeAll(async () => {
  world = await createWorld({
    migrations: readMigrations,
    startProjector: (parts) => startProjector({ ...parts, projections, seizeLeases: true }),
  });
  projector = world.projector;
  anna = await world.situation.user('Anna Smith');
  site = await world.situation.site('Brussels');
  await world.situation.role(site, anna, 'editor');
  await world.settled();
});

afterAll(() => world.close());

const tokenNow = async (): Promise<Record<string, string>> => ({
  'x-consistency-token': formatConsistencyToken({ epoch: 1, position: await world.situation.head() }),
});

describe('reading what one has just written', () => {
  test('shows it at once, however many reads there are', async () => {
    for (let round = 1; round <= 10; round += 1) {
      const id = await world.situation.interaction(site, anna, { title: `Round ${round}` });
      const headers = await tokenNow();
      const [record, list, count] = await Promise.all([
        world.get(anna, site, `/api/v1/interactions/${id}`, headers),
        world.get(anna, site, '/api/v1/interactions?total=exact', headers),
        world.get(anna, site, '/api/v1/interactions/count', headers),
      ]);
      expect(record.body.interaction).toMatchObject({ id, revision: 0 });
      expect(list.body).toMatchObject({ total: round, unfilteredTotal: round });
      expect(count.body.total).toBe(round);
    }
  });

  test('is refused for now while the projector is away, and works again with it', async () => {
    await projector.stop();
    await world.situation.interaction(site, anna, { title: 'Late' });
    const headers = await tokenNow();
    const startedAt = performance.now();
    const lagging = await world.get(anna, site, '/api/v1/interactions', headers);
    expect(lagging).toMatchObject({ status: 503, body: { error: { code: 'PROJECTION_LAGGING' } } });
    expect(lagging.headers['retry-after']).toBeDefined();
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect((await world.get(anna, site, '/api/v1/interactions')).status).toBe(200);

    // As a browser does: what lags is asked for once more.
    const readLate = async (): Promise<Answer> => {
      const answer = await world.get(anna, site, '/api/v1/interactions?search=late', headers);
      return answer.status === 503 ? readLate() : answer;
    };
    const waiting = readLate();
    world.startProjector();
    expect((await waiting).body.interactions).toHaveLength(1);
  });

  test('of an earlier life of the log does not wait', async () => {
    const { status } = await world.get(anna, site, '/api/v1/interactions', { 'x-consistency-token': '0.999999' });
    expect(status).toBe(200);
  });
});
