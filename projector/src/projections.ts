import { access } from './access/projection.ts';
import { interactions } from './interactions/projection.ts';
import type { Projection } from './runner/projection.ts';
import { statistics } from './statistics/projection.ts';
import { suggestions } from './suggestions/projection.ts';
import { users } from './users/projection.ts';

/** Every read table and who fills it. */
export const projections: readonly Projection[] = [interactions, statistics, suggestions, access, users];
