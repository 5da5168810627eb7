import { streamId } from '@ims/contracts/ids';
import type { ResolvedTime } from '@ims/contracts/interactions/events';
import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import type { EventMetadata } from '@ims/contracts/recorded-event';
import { type EventOf, type Key, type ProjectedEvent, type Projection, rowTable } from '../runner/projection.ts';
import { withChanges } from '../runner/with-changes.ts';

type InteractionRow = {
  readonly site_id: string;
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly lead: string;
  readonly start_local: string | null;
  readonly end_local: string | null;
  readonly timezone: string;
  readonly start_offset: string | null;
  readonly end_offset: string | null;
  readonly start_utc: string;
  readonly end_utc: string;
  readonly location: string;
  readonly description: string;
  readonly notes: string;
  readonly status: InteractionStatus;
  readonly revision: number;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_by: string;
  readonly updated_at: string;
  readonly deleted_by: string | null;
  readonly deleted_at: string | null;
};

/** The row of a record, for every table with one row per interaction. */
export const interactionKey = ({ stream, metadata }: ProjectedEvent): Key => {
  if (!metadata.siteId) throw new Error('An interaction belongs to a site');
  return { site_id: metadata.siteId, id: streamId(stream) };
};

const startColumns = (start: ResolvedTime | null) => ({
  start_local: start?.local ?? null,
  start_offset: start?.offset ?? null,
  // Sort keys are never null: a draft without a start comes after everything that has one.
  start_utc: start?.instant ?? 'infinity',
});

const endColumns = (end: ResolvedTime | null) => ({
  end_local: end?.local ?? null,
  end_offset: end?.offset ?? null,
  end_utc: end?.instant ?? 'infinity',
});

/** The columns of the fields that an event carries, and no others. */
const contentColumns = ({ start, end, ...text }: EventOf<'InteractionUpdated'>['data']) => ({
  ...text,
  ...(start === undefined ? {} : startColumns(start)),
  ...(end === undefined ? {} : endColumns(end)),
});

const changedBy = ({ revision, metadata }: { readonly revision: number; readonly metadata: EventMetadata }) => ({
  revision,
  updated_by: metadata.actorId,
  updated_at: metadata.occurredAt,
});

const interactionRows = rowTable<InteractionRow>({
  name: 'interactions',
  columns: {
    site_id: 'uuid',
    id: 'uuid',
    title: 'text',
    type: 'text',
    lead: 'text',
    start_local: 'text',
    end_local: 'text',
    timezone: 'text',
    start_offset: 'text',
    end_offset: 'text',
    start_utc: 'timestamptz',
    end_utc: 'timestamptz',
    location: 'text',
    description: 'text',
    notes: 'text',
    status: 'text',
    revision: 'int',
    created_by: 'uuid',
    created_at: 'timestamptz',
    updated_by: 'uuid',
    updated_at: 'timestamptz',
    deleted_by: 'uuid',
    deleted_at: 'timestamptz',
  },
  key: ['site_id', 'id'],
  keyOf: interactionKey,
  holdsContent: true,
  isPartitioned: true,
  on: {
    InteractionCreated: (_row, event) => {
      const { title, type, lead, start, end, timezone, location, description, notes, status } = event.data;
      const { site_id = '', id = '' } = interactionKey(event);
      return {
        site_id,
        id,
        title,
        type,
        lead,
        timezone,
        location,
        description,
        notes,
        status,
        ...startColumns(start),
        ...endColumns(end),
        ...changedBy(event),
        created_by: event.metadata.actorId,
        created_at: event.metadata.occurredAt,
        deleted_by: null,
        deleted_at: null,
      };
    },
    InteractionUpdated: (row, event) => row && withChanges(row, { ...contentColumns(event.data), ...changedBy(event) }),
    InteractionStatusChanged: (row, event) => row && { ...row, status: event.data.status, ...changedBy(event) },
    InteractionDeleted: (row, event) =>
      row && {
        ...row,
        ...changedBy(event),
        deleted_by: event.metadata.actorId,
        deleted_at: event.metadata.occurredAt,
      },
    InteractionRestored: (row, event) => row && { ...row, ...changedBy(event), deleted_by: null, deleted_at: null },
    InteractionPurged: () => undefined,
  },
});

/** Finder rows. */
export const interactions: Projection = { name: 'interactions', version: 1, tables: [interactionRows] };
