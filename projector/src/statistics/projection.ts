import { interactionKey } from '../interactions/projection.ts';
import { type Projection, rowTable } from '../runner/projection.ts';

type InteractionFacts = {
  readonly site_id: string;
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly in_bin: boolean;
};

const interactionFacts = rowTable<InteractionFacts>({
  name: 'interaction_facts',
  columns: { site_id: 'uuid', id: 'uuid', type: 'text', status: 'text', in_bin: 'bool' },
  key: ['site_id', 'id'],
  keyOf: interactionKey,
  // Type and status are not sealed, but the counts must be those of the records that can be read.
  holdsContent: true,
  isPartitioned: false,
  on: {
    InteractionCreated: (_row, event) => {
      const { site_id = '', id = '' } = interactionKey(event);
      return { site_id, id, type: event.data.type, status: event.data.status, in_bin: false };
    },
    InteractionUpdated: (row, { data }) => row && { ...row, type: data.type ?? row.type },
    InteractionStatusChanged: (row, { data }) => row && { ...row, status: data.status },
    InteractionDeleted: (row) => row && { ...row, in_bin: true },
    InteractionRestored: (row) => row && { ...row, in_bin: false },
    InteractionPurged: () => undefined,
  },
  counts: {
    name: 'interaction_counts',
    columns: ['dimension', 'value'],
    tallies: ({ type, status, in_bin }) =>
      in_bin
        ? [{ dimension: 'bin', value: '' }]
        : [
            { dimension: 'all', value: '' },
            { dimension: 'type', value: type },
            { dimension: 'status', value: status },
          ],
  },
});

/** How many records each site has, in all, by type, by status, and in the bin. */
export const statistics: Projection = { name: 'statistics', version: 1, tables: [interactionFacts] };
