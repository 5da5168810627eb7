import type { DeadLetter, OperationRequest, ProjectionList } from '@ims/contracts/operations/api';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { givenPerson } from '../../testing/given.ts';
import {
  givenLetter,
  givenProjection,
  givenProjections,
  givenRequest,
  givenVersion,
} from '../../testing/given-operations.ts';
import { givenServer, renderForSystem } from '../../testing/render-in-site.tsx';
import { OperationsPage } from './operations-page.tsx';

type World = { list: ProjectionList; letters: DeadLetter[]; requests: OperationRequest[] };
const operator = { ...givenPerson, systemRoles: ['operator' as const] };
const two = givenProjection({
  activeVersion: 2,
  previousVersion: 1,
  versions: [givenVersion({ version: 2 }), givenVersion({ version: 1, state: 'ready', readBy: [] })],
});

/** Opens the page on a server that takes every request; `world` may be changed while the page stands. */
const openPage = async (given: Partial<World> = {}, user: Parameters<typeof renderForSystem>[1] = operator) => {
  const world: World = { list: givenProjections(two), letters: [], requests: [], ...given };
  const server = givenServer(({ method, path }) => {
    if (method === 'POST') {
      const request = givenRequest({ id: crypto.randomUUID() });
      world.requests = [request, ...world.requests];
      return { status: 202, body: { success: true, request } };
    }
    if (path.endsWith('/projections')) return { body: world.list };
    if (path.endsWith('/dead-letters')) return { body: { deadLetters: world.letters } };
    if (path.endsWith('/requests')) return { body: { requests: world.requests } };
    if (path.includes('/requests/')) return { body: { request: world.requests.find(({ id }) => path.endsWith(id)) } };
    return path.endsWith('/sites') ? { body: { sites: [] } } : undefined;
  });
  renderForSystem(<OperationsPage />, user);
  if (user === operator) await screen.findByRole('heading', { name: 'Operations' });
  return { ...server, world };
};
const press = (name: string | RegExp): Promise<void> => userEvent.click(screen.getByRole('button', { name }));
const choose = async (version: number, item: RegExp): Promise<void> => {
  await press(`Actions for statistics version ${version}`);
  await userEvent.click(screen.getByRole('menuitem', { name: item }));
};
const answerInDialog = async (name: string): Promise<void> =>
  userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name }));

describe('an operator looks at the projections', () => {
  it('and reads state, readers, lag and verification of every version', async () => {
    const version = givenVersion({
      lagEvents: 12,
      lagMs: 3_000,
      verified: { at: new Date().toISOString(), differences: 2 },
    });
    await openPage({ list: givenProjections(givenProjection({ versions: [version] })) });
    expect(screen.getByText('Live')).toBeDefined();
    expect(screen.getByText('Everybody')).toBeDefined();
    expect(screen.getByText('12 events, 3 s')).toBeDefined();
    expect(screen.getByText(/2 rows differ/)).toBeDefined();
  });

  it('and sees how far a rebuild is and when it will end', async () => {
    const version = givenVersion({
      version: 2,
      state: 'rebuilding',
      readBy: [],
      eventsPerSecond: 800,
      progress: { done: 1_200, total: 2_000, etaSeconds: 90 },
    });
    await openPage({ list: givenProjections(givenProjection({ versions: [givenVersion(), version] })) });
    expect(screen.getByText('1,200 of 2,000 events, 800/s, 2 min left')).toBeDefined();
    expect(screen.getByRole('progressbar', { name: 'Rebuild of statistics version 2' })).toBeDefined();
  });

  it('and is alerted when one has stopped, told why, and offered a rebuild', async () => {
    const version = givenVersion({ state: 'stopped', lastError: 'Its position is ahead of the log' });
    await openPage({ list: givenProjections(givenProjection({ versions: [version] })) });
    const alert = screen.getByRole('alert');
    expect(within(alert).getByText(/Its position is ahead of the log/)).toBeDefined();
    await userEvent.click(within(alert).getByRole('button', { name: 'Rebuild statistics' }));
    expect(screen.getByRole('dialog', { name: 'Rebuild statistics' })).toBeDefined();
  });

  it('but nobody without the role does', async () => {
    await openPage({}, givenPerson);
    expect(await screen.findByText('Your roles do not include Operations')).toBeDefined();
  });
});

describe('an operator rebuilds', () => {
  it('after a dry run has said what it takes', async () => {
    const { commands, world } = await openPage();
    await press('Rebuild statistics');
    await userEvent.type(screen.getByRole('textbox', { name: 'Events a second at most' }), '500');
    await answerInDialog('Show estimate');
    world.requests = world.requests.map((one) => ({ ...one, state: 'done', answer: '2,210 events, about 3 s' }));
    await within(screen.getByRole('dialog')).findByText('2,210 events, about 3 s');
    await answerInDialog('Rebuild statistics');
    await waitFor(() => expect(commands).toHaveLength(2));
    expect(commands.map(({ body }) => body)).toEqual([{ dryRun: true }, { throttle: 500 }]);
    expect(commands[1]?.path).toBe('/api/v1/operations/projections/statistics/rebuild');
  });

  it('one site alone, named by its id where no list of sites is theirs to see', async () => {
    const { commands } = await openPage();
    await press('Rebuild statistics');
    const siteId = '01939d2e-0000-7c3d-8e4f-0000000000aa';
    await userEvent.type(screen.getByRole('textbox', { name: 'Only this site' }), siteId);
    await answerInDialog('Rebuild without estimate');
    await waitFor(() => expect(commands[0]?.body).toEqual({ siteId }));
  });

  it('and hears what became of it', async () => {
    const { world } = await openPage();
    await press('Rebuild statistics');
    await answerInDialog('Rebuild without estimate');
    await screen.findByText('Waiting');
    world.requests = world.requests.map((one) => ({ ...one, state: 'done', answer: 'Version 3 is in use' }));
    await screen.findByText('Version 3 is in use', {}, { timeout: 3_000 });
    expect(screen.getByText('Rebuild statistics: done.')).toBeDefined();
  });
});

describe('an operator acts on a version', () => {
  it('rolls back after having confirmed it', async () => {
    const { commands } = await openPage();
    await press('Roll back to version 1 of statistics');
    expect(commands).toEqual([]);
    await answerInDialog('Roll back to version 1');
    await waitFor(() => expect(commands[0]?.path).toBe('/api/v1/operations/projections/statistics/rollback'));
  });

  it('verifies at once: nothing changes by it', async () => {
    const { commands } = await openPage();
    await choose(2, /^Verify/);
    await waitFor(() => expect(commands[0]).toMatchObject({ body: { version: 2 } }));
  });

  it('pauses what people read only after having confirmed it', async () => {
    const { commands } = await openPage();
    await choose(2, /^Pause/);
    expect(commands).toEqual([]);
    await answerInDialog('Pause statistics');
    await waitFor(() => expect(commands[0]).toMatchObject({ body: { version: 2 } }));
  });

  it('drops a version that nobody reads, and is not offered to drop the one in use', async () => {
    const { commands } = await openPage();
    await press('Actions for statistics version 2');
    expect(screen.queryByRole('menuitem', { name: /^Drop/ })).toBeNull();
    await choose(1, /^Drop/);
    await answerInDialog('Drop version 1');
    await waitFor(() => expect(commands[0]?.path).toBe('/api/v1/operations/projections/statistics/drop'));
  });
});

describe('an operator settles a dead letter', () => {
  it('by trying it again', async () => {
    const { commands } = await openPage({ letters: [givenLetter] });
    expect(screen.getByText('Unknown schema version 9')).toBeDefined();
    expect(screen.getByText('2 events of this record wait behind it.')).toBeDefined();
    await press('Retry');
    await waitFor(() => expect(commands[0]?.path).toBe(`/api/v1/operations/dead-letters/${givenLetter.id}/retry`));
  });

  it('by leaving it out, after having read what that means', async () => {
    const { commands } = await openPage({ letters: [givenLetter] });
    await press('Skip');
    expect(screen.getByText(/leaves this event out for good/)).toBeDefined();
    expect(commands).toEqual([]);
    await answerInDialog('Skip event');
    await waitFor(() => expect(commands[0]?.path).toBe(`/api/v1/operations/dead-letters/${givenLetter.id}/skip`));
  });
});
