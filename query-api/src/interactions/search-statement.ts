import { formatSort, type Sort } from '@ims/contracts/interactions/api';
import { type Versions, versionOf } from '../read-state.ts';
import type { Statement } from '../snapshot.ts';
import type { Filters } from './filters.ts';

export type SearchRequest = {
  readonly text: string;
  readonly filters: Filters;
  readonly sort: Sort;
  readonly limit: number;
  readonly offset: number;
  /** False for those who may not read notes: then notes are not searched either. */
  readonly seesNotes: boolean;
};

/** The filters in the form of the projector's search function; `startTo` is excluded. */
const filterObject = (filters: Filters, seesNotes: boolean): string =>
  JSON.stringify({
    types: filters.types,
    statuses: filters.statuses,
    timezones: filters.timezones,
    createdBy: filters.createdBy,
    startFrom: filters.startFrom,
    startTo: filters.startBefore,
    ...(seesNotes ? {} : { withoutNotes: true }),
  });

/** One page of the records that match a text, found, filtered, sorted and cut by the reviewed search function. */
export const searchPageStatement = (versions: Versions, columns: string, request: SearchRequest): Statement => {
  const { text, filters, sort, limit, offset, seesNotes } = request;
  const name = `read.search_interactions_v${versionOf(versions, 'interactions')}`;
  return {
    text: `select ${columns} from ${name}($1, $2, $3, $4, $5, $6) r where r.site_id = $1`,
    values: [text, filterObject(filters, seesNotes), formatSort(sort).split(','), limit, offset],
  };
};

/** How many records match a text: at most `cap + 1`, which says "more than the cap". */
export const searchCountStatement = (
  versions: Versions,
  { text, filters, seesNotes }: Pick<SearchRequest, 'text' | 'filters' | 'seesNotes'>,
  cap: number,
): Statement => {
  const name = `read.count_search_interactions_v${versionOf(versions, 'interactions')}`;
  return {
    text: `select ${name}(site_id, $2, $3, $4) as total from (select $1::uuid as site_id) site where site_id = $1`,
    values: [text, filterObject(filters, seesNotes), cap],
  };
};
