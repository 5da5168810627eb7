import type { BinnedInteraction, Interaction } from '@ims/contracts/interactions/api';
import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import { isoInstant } from '../instants.ts';
import type { Reference } from '../users/people.ts';

/** Columns of `read.interactions` that make an `Interaction`. */
export const interactionColumns = `r.site_id, r.id, r.title, r.type, r.lead, r.start_local, r.end_local, r.timezone,
  r.start_utc, r.end_utc, r.location, r.description, r.notes, r.status, r.revision,
  r.created_by, r.created_at, r.updated_by, r.updated_at`;

export const binColumns = `${interactionColumns}, r.deleted_by, r.deleted_at`;

/** Instants are PostgreSQL's own text (`2026-03-15 13:30:00+00`, `infinity` when there is none). */
export type InteractionRow = {
  site_id: string;
  id: string;
  title: string;
  type: string;
  lead: string;
  start_local: string | null;
  end_local: string | null;
  timezone: string;
  start_utc: string;
  end_utc: string;
  location: string;
  description: string;
  notes: string;
  status: InteractionStatus;
  revision: number;
  created_by: string;
  created_at: string;
  updated_by: string;
  updated_at: string;
  held?: boolean;
};

export type BinRow = InteractionRow & { deleted_by: string; deleted_at: string };

const retentionDays = 30;

const isoUnlessInfinite = (text: string): string | null => (text === 'infinity' ? null : isoInstant(text));

export const toInteraction = (row: InteractionRow, reference: Reference, seesNotes: boolean): Interaction => ({
  id: row.id,
  siteId: row.site_id,
  title: row.title,
  type: row.type,
  lead: row.lead,
  startDateTime: row.start_local,
  endDateTime: row.end_local,
  timezone: row.timezone,
  startUtc: isoUnlessInfinite(row.start_utc),
  endUtc: isoUnlessInfinite(row.end_utc),
  location: row.location,
  description: row.description,
  notes: seesNotes ? row.notes : '',
  status: row.status,
  revision: row.revision,
  createdBy: reference(row.created_by),
  createdAt: isoInstant(row.created_at),
  updatedBy: reference(row.updated_by),
  updatedAt: isoInstant(row.updated_at),
  ...(row.held ? { held: true } : {}),
});

export const toBinnedInteraction = (row: BinRow, reference: Reference, seesNotes: boolean): BinnedInteraction => {
  const deletedAt = isoInstant(row.deleted_at);
  return {
    ...toInteraction(row, reference, seesNotes),
    deletedAt,
    deletedBy: reference(row.deleted_by),
    purgeAt: new Date(Date.parse(deletedAt) + retentionDays * 86_400_000).toISOString(),
  };
};

/** The people whom these rows mention. */
export const peopleIn = (rows: readonly (InteractionRow & { deleted_by?: string })[]): Set<string> => {
  const ids = new Set<string>();
  for (const row of rows) {
    ids.add(row.created_by);
    ids.add(row.updated_by);
    if (row.deleted_by) ids.add(row.deleted_by);
  }
  return ids;
};
