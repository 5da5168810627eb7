import { projections } from '@ims/projector/projections';
import pg from 'pg';
import { untilDone, type Waiting } from './waiting.ts';

type Row = { readonly projection: string; readonly there: boolean; readonly halted: boolean };

/** Resolves when every projection has reached the position, with the names of those that never will: stopped or paused. */
export const untilProjected = async (
  databaseUrl: string,
  position: bigint,
  waiting: Waiting,
): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const names = [...new Set(projections.map(({ name }) => name))];
    return await untilDone(async () => {
      const { rows } = await client.query<Row>(
        `select projection, bool_or(position >= $2) as there, bool_or(stopped or paused) as halted
         from read.projection_checkpoints
         where projection = any($1)
         group by projection`,
        [names, position.toString()],
      );
      const isThere = (name: string): boolean => rows.some((row) => row.projection === name && row.there);
      const isHalted = (name: string): boolean => rows.some((row) => row.projection === name && row.halted);
      const missing = names.filter((name) => !isThere(name) && !isHalted(name));
      if (missing.length === 0) return { done: names.filter((name) => !isThere(name)) };
      return { missing: `the projections ${missing.join(', ')}` };
    }, waiting);
  } finally {
    await client.end();
  }
};
