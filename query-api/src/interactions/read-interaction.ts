import { tableOf } from '../read-state.ts';
import type { SiteSnapshot } from '../site-scope.ts';
import { readHeld, withHeld } from './held.ts';
import { type InteractionRow, interactionColumns } from './interaction-row.ts';

/** One record outside the bin; undefined when the site has none with this id, whoever else may have it. */
export const readInteraction = async (snapshot: SiteSnapshot, id: string): Promise<InteractionRow | undefined> => {
  const table = tableOf(snapshot.versions, 'interactions', 'interactions');
  const asked = snapshot.rows<InteractionRow>({
    text: `select ${interactionColumns} from ${table} r where r.site_id = $1 and r.id = $2 and r.deleted_at is null`,
    values: [id],
  });
  const held = readHeld(snapshot);
  snapshot.askedAll();
  const [rows, isHeld] = await Promise.all([asked, held]);
  return withHeld(rows, isHeld)[0];
};
