import { interactionStream } from '@ims/contracts/ids';
import { versionOf } from '../read-state.ts';
import type { SiteSnapshot } from '../site-scope.ts';

/** Says of a record whether its projection waits for an operator: what is shown of it is not its latest. */
export type IsHeld = (id: string) => boolean;

const mostHeld = 10_000;

/** The site's records that are held in the tables that the site reads; usually none. */
export const readHeld = async (snapshot: SiteSnapshot): Promise<IsHeld> => {
  const rows = await snapshot.rows<{ stream: string }>({
    text: `select stream from read.dead_letters
           where site_id = $1 and projection = 'interactions' and version = $2 and state = 'parked' limit $3`,
    values: [versionOf(snapshot.versions, 'interactions'), mostHeld],
  });
  const streams = new Set(rows.map(({ stream }) => stream));
  return (id) => streams.size > 0 && streams.has(interactionStream(id));
};

/** Rows that are held say so. */
export const withHeld = <Row extends { readonly id: string }>(rows: readonly Row[], isHeld: IsHeld) =>
  rows.map((row) => (isHeld(row.id) ? { ...row, held: true } : row));
