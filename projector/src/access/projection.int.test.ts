import { randomUUID } from 'node:crypto';
import { siteStream, systemStream, userStream } from '@ims/contracts/ids';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { siteCreated, userRegistered } from '../testing/events.ts';
import { createTestProjector, type TestProjector } from '../testing/test-projector.ts';
import { access } from './projection.ts';

let test: TestProjector;
beforeAll(async () => {
  test = await createTestProjector();
});
afterAll(() => test.stop());

const rowsOf = async (table: string, column: string, id: string): Promise<readonly unknown[]> => {
  await test.project([access]);
  return (await test.owner.query(`select * from read.${table} where ${column} = $1`, [id])).rows;
};

it('shows a site with its settings and types as they were changed', async () => {
  const site = randomUUID();
  await test.record({
    stream: siteStream(site),
    siteId: site,
    events: [
      siteCreated('Brussels'),
      { type: 'SiteUpdated', data: { description: 'Head office' } },
      { type: 'SiteSettingsChanged', data: { viewersSeeNotes: false } },
      { type: 'SiteInteractionTypesChanged', data: { interactionTypes: ['Call', 'Visit'], retired: ['Fax'] } },
      { type: 'SiteDeactivated', data: {} },
    ],
  });
  expect(await rowsOf('sites_v1', 'site_id', site)).toEqual([
    expect.objectContaining({
      name: 'Brussels',
      description: 'Head office',
      settings: { ...defaultSiteSettings, viewersSeeNotes: false },
      interaction_types: ['Call', 'Visit'],
      retired_types: ['Fax'],
      active: false,
      revision: 4,
    }),
  ]);
});

it('shows who has which role on a site, and nobody whose role was revoked', async () => {
  const site = randomUUID();
  const [staying, leaving] = [randomUUID(), randomUUID()];
  await test.record({
    stream: siteStream(site),
    siteId: site,
    events: [
      siteCreated('Ghent'),
      { type: 'SiteMemberRoleGranted', data: { userId: staying, role: 'viewer' } },
      { type: 'SiteMemberRoleGranted', data: { userId: leaving, role: 'editor' } },
      { type: 'SiteMemberRoleGranted', data: { userId: staying, role: 'administrator' } },
      { type: 'SiteMemberRoleRevoked', data: { userId: leaving } },
    ],
  });
  const members = await rowsOf('site_members_v1', 'site_id', site);
  expect(members).toEqual([expect.objectContaining({ user_id: staying, role: 'administrator', revision: 3 })]);
});

it('knows the roles of the system and who is suspended, also after the name was erased', async () => {
  const user = randomUUID();
  await test.record({ stream: userStream(user), events: [userRegistered('ann')] });
  await test.record({
    stream: systemStream,
    events: [
      { type: 'SystemRoleGranted', data: { userId: user, role: 'operator' } },
      { type: 'SystemRoleGranted', data: { userId: user, role: 'auditor' } },
      { type: 'SystemRoleRevoked', data: { userId: user, role: 'operator' } },
    ],
  });
  await test.record({ stream: userStream(user), events: [{ type: 'UserDeactivated', data: {} }] });
  await test.keyStore.erase(userStream(user));
  test.codec.forget(userStream(user));
  expect(await rowsOf('access_users_v1', 'user_id', user)).toEqual([
    expect.objectContaining({ active: false, system_roles: ['auditor'] }),
  ]);
});

it('gives the same rows when everything is projected a second time', async () => {
  await test.project([access]);
  await test.rewind(access);
  await test.project([access]);
  expect((await test.verify(access)).differences).toEqual([]);
});
