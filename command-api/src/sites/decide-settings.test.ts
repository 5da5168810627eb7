import { defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import type { SiteEvent } from '@ims/contracts/sites/events';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { describe, it } from 'vitest';
import { specification } from '../command-handling/decider-spec.ts';
import { updateSite } from './decide.ts';
import { changeInteractionTypes, changeSettings } from './decide-settings.ts';
import { siteEvolution } from './site.ts';

const { given } = specification(siteEvolution);
const created: SiteEvent = {
  type: 'SiteCreated',
  data: {
    name: 'Brussels',
    description: 'Head office',
    settings: defaultSiteSettings,
    interactionTypes: ['Call', 'Visit'],
  },
};
const deactivated: SiteEvent = { type: 'SiteDeactivated', data: {} };
const typesChanged = (interactionTypes: string[], retired: string[]): SiteEvent => ({
  type: 'SiteInteractionTypesChanged',
  data: { interactionTypes, retired },
});

describe('changing a site', () => {
  it('records a new name and leaves the rest', () =>
    given(created)
      .when((site) => updateSite(site, { name: 'Bruges', description: 'Head office' }))
      .thenHappened({ type: 'SiteUpdated', data: { name: 'Bruges' } }));
  it('records an empty description', () =>
    given(created)
      .when((site) => updateSite(site, { description: '' }))
      .thenHappened({ type: 'SiteUpdated', data: { description: '' } }));
  it('deactivates and renames at once', () =>
    given(created)
      .when((site) => updateSite(site, { name: 'Closed', active: false }))
      .thenHappened({ type: 'SiteUpdated', data: { name: 'Closed' } }, deactivated));
  it('reactivates', () =>
    given(created, deactivated)
      .when((site) => updateSite(site, { active: true }))
      .thenHappened({ type: 'SiteReactivated', data: {} }));
  it('has nothing to do when everything is so already', () =>
    given(created, deactivated)
      .when((site) => updateSite(site, { name: 'Brussels', active: false }))
      .thenNothingHappened());
  it('is refused on a site that never was', () =>
    given()
      .when((site) => updateSite(site, { active: false }))
      .thenRefused('RESOURCE_NOT_FOUND'));
});

describe('settings', () => {
  it('are recorded where they differ', () =>
    given(created)
      .when((site) => changeSettings(site, { viewersSeeNotes: false, defaultPageSize: 25 }))
      .thenHappened({ type: 'SiteSettingsChanged', data: { viewersSeeNotes: false } }));
  it('have nothing to do when they are so already', () =>
    given(created, { type: 'SiteSettingsChanged', data: { viewersSeeNotes: false } })
      .when((site) => changeSettings(site, { viewersSeeNotes: false }))
      .thenNothingHappened());
  it('are refused on a site that never was', () =>
    given()
      .when((site) => changeSettings(site, {}))
      .thenRefused('RESOURCE_NOT_FOUND'));
});

describe('interaction types', () => {
  const offer =
    (...interactionTypes: string[]) =>
    (site: Parameters<typeof changeInteractionTypes>[0]) =>
      changeInteractionTypes(site, { interactionTypes });
  it('that are dropped are retired', () =>
    given(created)
      .when(offer('Visit', 'Fax'))
      .thenHappened(typesChanged(['Visit', 'Fax'], ['Call'])));
  it('that were retired stay so, and come back when they are offered again', () =>
    given(created, typesChanged(['Fax'], ['Call', 'Visit']))
      .when(offer('Call'))
      .thenHappened(typesChanged(['Call'], ['Visit', 'Fax'])));
  it('can change their order alone', () =>
    given(created)
      .when(offer('Visit', 'Call'))
      .thenHappened(typesChanged(['Visit', 'Call'], [])));
  it('have nothing to do when they are so already', () =>
    given(created).when(offer('Call', 'Visit')).thenNothingHappened());
  it('are not offered twice, whatever the case', () =>
    given(created).when(offer('Call', 'CALL')).thenRefused('VALIDATION_ERROR', 'interactionTypes'));
  it('are refused on a site that never was', () =>
    given()
      .when(offer(...defaultInteractionTypes))
      .thenRefused('RESOURCE_NOT_FOUND'));
});
