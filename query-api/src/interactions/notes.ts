import type { CallerSite } from '@ims/platform/identity/caller';

/** Notes are hidden from viewers where the site's administrator says so: in lists, records and searches alike. */
export const seesNotes = ({ role, settings }: Pick<CallerSite, 'role' | 'settings'>): boolean =>
  role !== 'viewer' || settings.viewersSeeNotes;
