import { findSite } from '@ims/platform/operations/books';
import type pg from 'pg';
import { CliProblem, exitCodes } from './cli-problem.ts';

/** Id of the site that is named by id or exact name; nothing when none is named. */
export const siteIdOf = async (pool: pg.Pool, site: string | undefined): Promise<string | undefined> => {
  if (site === undefined) return undefined;
  const found = await findSite(pool, site);
  const [first] = found;
  if (!first) throw new CliProblem(`There is no site ${site}: give its id or its exact name.`, exitCodes.no);
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new CliProblem(`Several sites are named ${site}: give the id of one (${ids}).`, exitCodes.no);
  }
  return first.id;
};
