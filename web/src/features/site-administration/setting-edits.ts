import type { SiteSettings } from '@ims/contracts/sites/settings';
import type { SettingName } from './setting-words.ts';

/** What somebody has changed on the form, and the settings from which they did. */
export type SettingEdits = { readonly mine: Partial<SiteSettings>; readonly base: SiteSettings };

/** The edits with one more; what equals the ground again is no edit. */
export const withEdit = (
  edits: SettingEdits | undefined,
  current: SiteSettings,
  change: Partial<SiteSettings>,
): SettingEdits | undefined => {
  const base = edits?.base ?? current;
  const mine = { ...edits?.mine, ...change };
  const kept = Object.entries(mine).filter(([name, value]) => base[name as SettingName] !== value);
  return kept.length ? { mine: Object.fromEntries(kept), base } : undefined;
};

/** The settings that somebody else has changed since, and that saving would change back unseen. */
export const overtaken = ({ mine, base }: SettingEdits, now: SiteSettings): SettingName[] =>
  (Object.keys(mine) as SettingName[]).filter((name) => now[name] !== base[name] && now[name] !== mine[name]);
