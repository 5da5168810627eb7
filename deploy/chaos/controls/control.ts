import type pg from 'pg';

/**
 * A deliberately broken build of one idea. `run` answers what the run's checks found in it: nothing found means that
 * the checks could not find it in the product either.
 */
export type Control = { readonly name: string; run(workbench: Workbench): Promise<readonly string[]> };

/** What the controls work on: a PostgreSQL of the run, and a folder for what they make themselves. */
export type Workbench = {
  readonly ownerUrl: string;
  readonly owner: pg.Pool;
  readonly redisUrl: string;
  readonly folder: string;
};
