import { createLogger } from '@ims/platform/observability/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access } from '../access/projection.ts';
import { interactions } from '../interactions/projection.ts';
import { suggestions } from '../suggestions/projection.ts';
import { createDeadLetterWorld, type DeadLetterWorld, newRecord, unknownType } from '../testing/dead-letter-world.ts';
import { siteCreated } from '../testing/events.ts';
import { createGate } from '../testing/gate.ts';

let world: DeadLetterWorld;
beforeEach(async () => {
  world = await createDeadLetterWorld();
});
afterEach(() => world.stop());

it('an event of a site that cannot be read stops the projection of sites with an alert, and no other', async () => {
  const { opened: alert, open: tell } = createGate<unknown>();
  const destination = { write: (line: string) => tell(JSON.parse(line)) };
  const logger = createLogger({ component: 'test', level: 'error', destination });
  await world.poison(`site-${world.site}`, { type: 'SiteDreamt', data: {} });
  const position = await world.record(newRecord(), { title: 'After' });
  const projector = world.test.start({ projections: [access, interactions], logger });
  await expect(projector.whenCaughtUp(position)).rejects.toThrow('The projection access has stopped');
  expect(await alert).toMatchObject({ alert: true, projection: 'access', kind: 'must-stop' });
  await expect.poll(world.titles).toEqual(['After']);
  expect(await world.letters()).toEqual([]);
  const last_error = expect.stringContaining('its type is unknown');
  expect(await world.checkpointOf(access)).toMatchObject({ position: 0n, stopped: true, last_error });
  expect(projector.status().find(({ name }) => name === 'access')).toMatchObject({ state: 'stopped' });
});

describe('a projection that has stopped', () => {
  const stopAccess = async () => {
    await world.test.owner.query("alter table read.sites_v1 add constraint no_bad_names check (name <> 'Bad')");
    const position = await world.test.record({
      stream: `site-${world.site}`,
      siteId: world.site,
      events: [siteCreated('Bad')],
    });
    const projector = world.test.start({ projections: [access] });
    await expect(projector.whenCaughtUp(position)).rejects.toThrow('constraint no_bad_names');
    await world.test.owner.query('alter table read.sites_v1 drop constraint no_bad_names');
    return { projector, position };
  };
  const resume = () =>
    world.test.owner.query('update read.projection_checkpoints set stopped = false, last_error = null');

  it('goes on when an operator resumes it, without a restart', async () => {
    const { projector, position } = await stopAccess();
    await resume();
    await expect.poll(() => world.checkpointOf(access), { timeout: 8_000 }).toMatchObject({ position, stopped: false });
    await projector.whenCaughtUp(position);
    expect(projector.status()).toMatchObject([{ state: 'live', lastError: undefined }]);
  });

  it('stays stopped when the projector is started again, and says why', async () => {
    const { projector, position } = await stopAccess();
    await projector.stop();
    const restarted = world.test.start({ projections: [access], seizeLeases: true });
    await expect(restarted.whenCaughtUp(position)).rejects.toThrow('constraint no_bad_names');
    await resume();
    await expect.poll(() => world.checkpointOf(access), { timeout: 8_000 }).toMatchObject({ position });
  });
});

describe('records that cannot be projected', () => {
  const plantMany = async (count: number): Promise<bigint> => {
    for (let planted = 0; planted < count; planted += 1) await world.poison(newRecord(), unknownType);
    return world.record(newRecord(), { title: 'After' });
  };

  it('may be twenty in a minute', async () => {
    const position = await plantMany(20);
    await world.test.project([suggestions]);
    expect(await world.letters()).toHaveLength(20);
    expect(await world.checkpointOf(suggestions)).toMatchObject({ position });
  });

  it('stop the projection when they are more', async () => {
    const position = await plantMany(21);
    const projector = world.test.start({ projections: [suggestions] });
    await expect(projector.whenCaughtUp(position)).rejects.toThrow('More than 20 records');
    expect(await world.letters()).toHaveLength(20);
    expect(await world.checkpointOf(suggestions)).toMatchObject({ position: 20n, stopped: true });
  });
});
