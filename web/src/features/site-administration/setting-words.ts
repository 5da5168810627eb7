import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteSettings } from '@ims/contracts/sites/settings';

export type SettingName = keyof SiteSettings;

/** A setting's label, and one sentence on what it does. */
export const settingWords: Readonly<Record<SettingName, { readonly label: string; readonly about: string }>> = {
  defaultTimezone: {
    label: 'Default time zone',
    about: 'New interactions begin in this zone; whoever records one can choose another.',
  },
  defaultPageSize: {
    label: 'Interactions on a page',
    about: 'How many the table shows until a person chooses another number.',
  },
  lowestExportRole: {
    label: 'Who may export',
    about: 'Everybody else reads interactions on the screen alone.',
  },
  viewersSeeNotes: {
    label: 'Viewers see notes',
    about: 'Otherwise notes are hidden from them everywhere: in lists, searches, history and exports.',
  },
  editorsMayDelete: {
    label: 'Editors may delete',
    about: 'Otherwise only administrators move interactions to the bin and restore them.',
  },
};

export const exportWords: Readonly<Record<SiteRole, string>> = {
  viewer: 'Everybody on the site',
  editor: 'Editors, auditors and administrators',
  auditor: 'Auditors and administrators',
  administrator: 'Administrators alone',
};

/** A setting's value as a person reads it. */
export const valueWords = (name: SettingName, settings: SiteSettings): string => {
  if (name === 'lowestExportRole') return exportWords[settings.lowestExportRole];
  const value = settings[name];
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
};
