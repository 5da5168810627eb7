import { randomUUID } from 'node:crypto';
import { interactionStream, siteStream } from '@ims/contracts/ids';
import { ProjectionList } from '@ims/contracts/operations/api';
import { commandLineActorId } from '@ims/contracts/operations/events';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Projector } from '../app.ts';
import { created, siteCreated } from '../testing/events.ts';
import { runCli, startCli } from '../testing/run-cli.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { readStatus } from './read-status.ts';

// Some commands are processes, which take seconds to start on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const brussels = randomUUID();
const lisbon = randomUUID();
const records = 40;

let test: TestProjector;
let url: string;
let projector: Projector | undefined;

beforeAll(async () => {
  test = await createTestProjector();
  url = test.ownerUrl;
  for (const [siteId, name] of [
    [brussels, 'Brussels'],
    [lisbon, 'Lisbon'],
  ] as const) {
    await test.record({ stream: siteStream(siteId), siteId, events: [siteCreated(name)] });
  }
  for (let count = 0; count < records; count += 1) {
    const siteId = count % 2 === 0 ? brussels : lisbon;
    await test.record({ stream: interactionStream(randomUUID()), siteId, events: [created({ title: `No ${count}` })] });
  }
});
afterEach(async () => {
  await projector?.stop();
  projector = undefined;
});
afterAll(() => test.stop());

const project = async (): Promise<Projector> => {
  projector = test.start({ ownerUrl: url });
  await projector.whenCaughtUp(await test.log.headPosition());
  return projector;
};

const cli = (...words: string[]) => runCli(words, { DATABASE_URL: url });

/** As `npm run projector --` does: for what only a process shows. */
const cliProcess = (...words: string[]) => startCli(words, { DATABASE_URL: url }).ended;

/** Looks itself instead of by a process of its own, which takes a second. */
const statusOf = async (name: string, version = 1) => {
  const { projections } = await readStatus(test.owner, test.log);
  return projections.find((one) => one.name === name)?.versions.find((one) => one.version === version);
};

describe('status', () => {
  it('shows where every projection stands, as a table and as JSON', async () => {
    await project();
    const { exitCode, out } = await cliProcess('status');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^PROJECTION +VERSION +STATE +READERS +POSITION +LAG/);
    for (const name of ['access', 'interactions', 'statistics', 'suggestions', 'users']) {
      expect(out).toMatch(new RegExp(`^${name} +1 +live +all +\\d+ +0 +0 `, 'm'));
    }
    expect(out).not.toContain('NO PROJECTOR');
    const asJson = ProjectionList.parse(JSON.parse((await cli('status', '--json')).out));
    expect(asJson.projections.find(({ name }) => name === 'interactions')).toMatchObject({
      activeVersion: 1,
      versions: [{ version: 1, state: 'live', readBy: 'all', lagEvents: 0, lagMs: 0 }],
    });
  });

  it('says so when no projector is running, and counts what is missing', async () => {
    await test.record({ stream: interactionStream(randomUUID()), siteId: brussels, events: [created()] });
    const { exitCode, out } = await cli('status');
    expect(exitCode).toBe(0);
    expect(out).toContain('NO PROJECTOR IS RUNNING');
    expect(await statusOf('interactions')).toMatchObject({ lagEvents: 1, lagMs: expect.any(Number) });
    expect((await statusOf('interactions'))?.lagMs).toBeGreaterThan(1_000);
  });
});

describe('pause and resume', () => {
  it('stop a projection and let it go on; who asked stands in the log', async () => {
    await project();
    expect(await cli('pause', 'statistics')).toMatchObject({ exitCode: 0, out: 'Version 1 of statistics is paused\n' });
    expect(await statusOf('statistics')).toMatchObject({ state: 'paused' });
    expect(await cli('resume', 'statistics')).toMatchObject({ exitCode: 0 });
    expect(await statusOf('statistics')).toMatchObject({ state: 'live' });
    const asked = (await test.log.readStream('operations')).at(-1);
    expect(asked?.metadata.actorId).toBe(commandLineActorId);
    expect(JSON.parse(asked?.data ?? '')).toMatchObject({ operation: 'resume', projection: 'statistics' });
  });

  it('refuse what makes no sense, with exit code 1', async () => {
    await project();
    expect(await cli('resume', 'statistics')).toMatchObject({ exitCode: 1, out: expect.stringMatching(/neither/) });
    expect(await cli('pause', 'meetings')).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/no projection meetings; there are interactions/),
    });
  });
});

describe('rebuild', () => {
  it('fills the next version, switches to it, and goes back and forth until the old one is dropped', async () => {
    await project();
    const rebuilt = await cli('rebuild', 'interactions');
    expect([rebuilt.exitCode, rebuilt.err]).toEqual([0, expect.any(String)]);
    expect(await statusOf('interactions', 2)).toMatchObject({ state: 'live', readBy: 'all' });
    expect(await statusOf('interactions', 1)).toMatchObject({ state: 'ready', readBy: [] });
    expect((await cli('rollback', 'interactions')).exitCode).toBe(0);
    expect(await statusOf('interactions', 1)).toMatchObject({ readBy: 'all' });
    expect((await cli('switch', 'interactions', '--version', '2')).exitCode).toBe(0);
    expect(await cli('drop', 'interactions', '--version', '2')).toMatchObject({
      exitCode: 1,
      err: 'interactions version 2 is what readers use: switch away from it first.\n',
    });
    expect(await cli('drop', 'interactions', '--version', '1')).toMatchObject({ exitCode: 0 });
    expect(await statusOf('interactions', 1)).toBeUndefined();
  });

  it('of one site takes the site by its name', async () => {
    await project();
    expect(await cli('rebuild', 'statistics', '--site', 'Lisbon')).toMatchObject({ exitCode: 0 });
    expect(await statusOf('statistics', 2)).toMatchObject({ siteId: lisbon, readBy: [lisbon] });
    expect(await cli('rebuild', 'statistics', '--site', 'Atlantis')).toMatchObject({
      exitCode: 1,
      err: 'There is no site Atlantis: give its id or its exact name.\n',
    });
  });

  it('goes on in the projector when the person who asked leaves, and can be paused', async () => {
    await project();
    const running = startCli(['rebuild', 'suggestions', '--throttle', '1'], { DATABASE_URL: url });
    await vi.waitFor(() => expect(running.err()).toMatch(/^suggestions v2 · \d+ % · \d+ of \d+ events/m), {
      timeout: 30_000,
    });
    running.interrupt();
    const { exitCode, err } = await running.ended;
    expect(exitCode).toBe(130);
    expect(err).toContain('the rebuild goes on in the projector. To pause it: npm run projector -- pause suggestions');
    expect(await statusOf('suggestions', 2)).toMatchObject({ state: 'rebuilding', throttle: 1 });
    expect((await cli('rebuild', 'suggestions')).err).toBe('A rebuild of suggestions is waiting or running already.\n');
    expect((await cli('pause', 'suggestions')).out).toBe('Version 2 of suggestions is paused\n');
    expect(await statusOf('suggestions', 2)).toMatchObject({ state: 'paused' });
  });

  it('as a dry run changes nothing', async () => {
    await project();
    const { exitCode, out } = await cli('rebuild', 'users', '--dry-run');
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/events/)]);
    expect(await statusOf('users', 2)).toBeUndefined();
  });
});

describe('verify', () => {
  it('finds nothing in clean tables', async () => {
    await project();
    const { exitCode, out } = await cli('verify');
    expect(out).toMatch(
      /^interactions: interactions version \d agrees with the log up to position \d+: no row differs$/m,
    );
    expect(exitCode).toBe(0);
  });

  it('names each differing row and exits with 1', async () => {
    await project();
    const { rows } = await test.owner.query<{ user_id: string }>(
      `insert into read.access_users_v1 (user_id, active, system_roles, position)
       values (gen_random_uuid(), true, '{}', 1) returning user_id`,
    );
    const { exitCode, out } = await cli('verify', 'access');
    await test.owner.query('delete from read.access_users_v1');
    expect(exitCode).toBe(1);
    expect(out.split('\n')[0]).toBe(`access v1  access_users  user_id=${rows[0]?.user_id}  unexpected`);
    expect(out).toContain('1 row differs');
  });
});

describe('dead letters', () => {
  it('are listed and shown; an unknown one is refused', async () => {
    expect(await cli('dead-letters', 'list')).toMatchObject({ exitCode: 0, out: 'There are no dead letters.\n' });
    const id = randomUUID();
    await test.owner.query(
      `insert into read.dead_letters
         (id, projection, version, stream, position, revision, event_id, event_type, error, waiting_events)
       values ($1, 'users', 1, 'user-1', 7, 3, $1, 'UserUpdated', 'The name is missing', 2)`,
      [id],
    );
    expect((await cli('dead-letters', 'list')).out).toMatch(new RegExp(`${id} +users v1 +UserUpdated +7 +2 .*missing`));
    expect((await cli('dead-letters', 'show', id)).out).toMatch(/stream: +user-1, revision 3/);
    expect(await cli('dead-letters', 'show', randomUUID())).toMatchObject({ exitCode: 1 });
    await test.owner.query('delete from read.dead_letters');
  });
});

it('says after 10 s that no projector is running, and exits with 3', async () => {
  const now = Date.now;
  const asked = now();
  const tenTimesFaster = () => asked + (now() - asked) * 10;
  const clock = vi.spyOn(Date, 'now').mockImplementation(tenTimesFaster);
  const { exitCode, err } = await cli('pause', 'users').finally(() => clock.mockRestore());
  expect(tenTimesFaster() - asked).toBeGreaterThan(10_000);
  expect(exitCode).toBe(3);
  expect(err).toMatch(/^No projector is running: nobody has taken the request in 10 s/);
});

it('says in a sentence that no database answers, and exits with 3', async () => {
  expect(await startCli(['status'], { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/ims' }).ended).toEqual({
    exitCode: 3,
    out: '',
    err: 'DATABASE_URL does not work: nothing answers at 127.0.0.1:1.\n',
  });
  const { exitCode, err } = await runCli(['status'], { IMS_HOME: '/nowhere/ims' });
  expect([exitCode, err]).toEqual([
    3,
    expect.stringMatching(/^IMS does not run on the folder .*: start it \(npm start\)/),
  ]);
});
