import { refusal } from '@ims/contracts/error-codes';
import type { SiteEvent } from '@ims/contracts/sites/events';
import type { SiteSettings } from '@ims/contracts/sites/settings';
import type { Decision } from '../command-handling/decider.ts';
import { unknownSite } from './decide.ts';
import type { Site } from './site.ts';

type SiteDecision = Decision<SiteEvent>;

/** Records the settings that differ; absent ones stay. */
export const changeSettings = (
  site: Site,
  changes: { readonly [Name in keyof SiteSettings]?: SiteSettings[Name] | undefined },
): SiteDecision => {
  if (site.situation === 'unknown') return unknownSite();
  const names = Object.keys(site.settings) as (keyof SiteSettings)[];
  const differing = names.filter((name) => changes[name] !== undefined && changes[name] !== site.settings[name]);
  if (differing.length === 0) return [];
  return [{ type: 'SiteSettingsChanged', data: Object.fromEntries(differing.map((name) => [name, changes[name]])) }];
};

/**
 * Offers exactly these types. What was offered before is retired: whether a record still has the type is known to the
 * read tables alone, which may be behind, and a retired type without records is shown nowhere.
 */
export const changeInteractionTypes = (
  site: Site,
  { interactionTypes }: { readonly interactionTypes: readonly string[] },
): SiteDecision => {
  if (site.situation === 'unknown') return unknownSite();
  const twice = interactionTypes.find((type, at) => interactionTypes.findIndex((other) => isSame(type, other)) !== at);
  if (twice !== undefined) {
    const message = `“${twice}” is in the list twice`;
    return refusal('VALIDATION_ERROR', message, [{ field: 'interactionTypes', message }]);
  }
  const before = site.interactionTypes;
  if (before.length === interactionTypes.length && before.every((type, at) => type === interactionTypes[at])) return [];
  const retired = [...site.retiredTypes, ...before].filter((type) => !interactionTypes.includes(type));
  return [{ type: 'SiteInteractionTypesChanged', data: { interactionTypes: [...interactionTypes], retired } }];
};

const isSame = (type: string, other: string): boolean =>
  type.normalize('NFKC').toLowerCase() === other.normalize('NFKC').toLowerCase();
