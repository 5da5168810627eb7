import { describe, expect, it } from 'vitest';
import { siteRoles } from '../permissions.ts';
import { defaultSiteSettings, mayDelete, mayExport } from './settings.ts';

describe('the lowest role that may export', () => {
  it.each([
    ['viewer', ['viewer', 'editor', 'auditor', 'administrator']],
    ['editor', ['editor', 'auditor', 'administrator']],
    ['auditor', ['auditor', 'administrator']],
    ['administrator', ['administrator']],
  ] as const)('%s lets only these export: %s', (lowestExportRole, allowed) => {
    const settings = { ...defaultSiteSettings, lowestExportRole };
    expect(siteRoles.filter((role) => mayExport({ role, settings }))).toEqual(allowed);
  });
  it('does not bind somebody whom a role of the system let in', () =>
    expect(
      mayExport({ role: undefined, settings: { ...defaultSiteSettings, lowestExportRole: 'administrator' } }),
    ).toBe(true));
});

it('lets editors delete or not, and nobody else is asked', () => {
  const settings = { ...defaultSiteSettings, editorsMayDelete: false };
  expect(siteRoles.filter((role) => mayDelete({ role, settings }))).toEqual(['viewer', 'auditor', 'administrator']);
  expect(mayDelete({ role: 'editor', settings: defaultSiteSettings })).toBe(true);
});
