import type { SiteRole } from '@ims/contracts/permissions';
import { describe, expect, it } from 'vitest';
import { givenPerson } from '../testing/given.ts';
import { placeOf, placesOf } from './places.ts';

const [site] = givenPerson.sites;
const labels = (user: Parameters<typeof placesOf>[0], at = site): string[] =>
  placesOf(user, at).map(({ label }) => label);

describe('the tabs a person may use', () => {
  it('leave Operations to administrators and operators of the system', () => {
    expect(labels({ systemRoles: [] })).toEqual(['Interactions', 'Bin']);
    expect(labels({ systemRoles: ['auditor'] })).not.toContain('Operations');
    expect(labels({ systemRoles: ['operator'] })).toContain('Operations');
    expect(labels({ systemRoles: ['administrator'] })).toContain('Operations');
  });

  it('leave Site to administrators of the site or of the system', () => {
    const asRole = (role: SiteRole) => labels({ systemRoles: [] }, site && { ...site, role });
    expect(asRole('administrator')).toContain('Site');
    for (const role of ['viewer', 'editor', 'auditor'] as const) expect(asRole(role)).not.toContain('Site');
    expect(labels({ systemRoles: ['administrator'] })).toContain('Site');
    expect(labels({ systemRoles: ['operator'] })).not.toContain('Site');
  });

  it('leave System to administrators of the system', () => {
    expect(labels({ systemRoles: ['administrator'] })).toContain('System');
    expect(labels({ systemRoles: ['operator', 'auditor'] })).not.toContain('System');
    expect(labels({ systemRoles: [] }, site && { ...site, role: 'administrator' })).not.toContain('System');
  });

  it('are those of the system alone without a site', () => {
    expect(placesOf({ systemRoles: ['operator'] }, undefined).map(({ label }) => label)).toEqual(['Operations']);
  });

  it('mark the bin as open, not the table that its address begins with', () => {
    const places = placesOf({ systemRoles: [] }, site);
    expect(placeOf(places, `/s/${site?.id}/bin`)?.label).toBe('Bin');
    expect(placeOf(places, `/s/${site?.id}/interactions/new`)?.label).toBe('Interactions');
  });
});
