import { foldText } from '@ims/contracts/fold-text';
import { tableOf } from '../read-state.ts';
import type { SiteSnapshot } from '../site-scope.ts';

const mostSuggestions = 10;
const highestCharacter = '\u{10FFFF}';

/** The values of a field that begin like `prefix`, accents and case aside, most used first. */
export const readSuggestions = async (
  snapshot: SiteSnapshot,
  field: 'lead' | 'location',
  prefix: string,
): Promise<string[]> => {
  const table = tableOf(snapshot.versions, 'suggestions', 'interaction_suggestions');
  const folded = foldText(prefix);
  // A range, not LIKE: row-level security leaves it the index `(site_id, field, folded)`.
  const rows = await snapshot.rows<{ value: string }>({
    text: `select value from ${table}
           where site_id = $1 and field = $2 and folded >= $3 and folded < $4
           order by uses desc, value limit $5`,
    values: [field, folded, `${folded}${highestCharacter}`, mostSuggestions],
  });
  return rows.map(({ value }) => value);
};
