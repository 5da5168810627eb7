import { foldText } from '@ims/contracts/fold-text';
import { interactionKey } from '../interactions/projection.ts';
import { type Projection, rowTable } from '../runner/projection.ts';

type SuggestionFacts = {
  readonly site_id: string;
  readonly id: string;
  readonly lead: string;
  readonly location: string;
  readonly in_bin: boolean;
};

const suggestionFacts = rowTable<SuggestionFacts>({
  name: 'interaction_suggestion_facts',
  columns: { site_id: 'uuid', id: 'uuid', lead: 'text', location: 'text', in_bin: 'bool' },
  key: ['site_id', 'id'],
  keyOf: interactionKey,
  holdsContent: true,
  isPartitioned: false,
  on: {
    InteractionCreated: (_row, event) => {
      const { site_id = '', id = '' } = interactionKey(event);
      return { site_id, id, lead: event.data.lead, location: event.data.location, in_bin: false };
    },
    InteractionUpdated: (row, { data }) =>
      row && { ...row, lead: data.lead ?? row.lead, location: data.location ?? row.location },
    InteractionDeleted: (row) => row && { ...row, in_bin: true },
    InteractionRestored: (row) => row && { ...row, in_bin: false },
    InteractionPurged: () => undefined,
  },
  counts: {
    name: 'interaction_suggestions',
    columns: ['field', 'value'],
    derived: { folded: ({ value = '' }) => foldText(value) },
    tallies: ({ lead, location, in_bin }) =>
      [
        { field: 'lead', value: lead },
        { field: 'location', value: location },
      ].filter(({ value }) => value !== '' && !in_bin),
  },
});

/** The leads and locations that each site has used, and how often. */
export const suggestions: Projection = { name: 'suggestions', version: 1, tables: [suggestionFacts] };
