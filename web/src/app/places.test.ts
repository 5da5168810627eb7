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

  it('are those of the system alone without a site', () => {
    expect(placesOf({ systemRoles: ['operator'] }, undefined).map(({ label }) => label)).toEqual(['Operations']);
  });

  it('mark the bin as open, not the table that its address begins with', () => {
    const places = placesOf({ systemRoles: [] }, site);
    expect(placeOf(places, `/s/${site?.id}/bin`)?.label).toBe('Bin');
    expect(placeOf(places, `/s/${site?.id}/interactions/new`)?.label).toBe('Interactions');
  });
});
