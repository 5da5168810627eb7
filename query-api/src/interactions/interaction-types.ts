import { tableOf } from '../read-state.ts';
import type { SiteSnapshot } from '../site-scope.ts';

export type InteractionType = { readonly name: string; readonly uses: number; readonly retired: boolean };

type SiteTypes = { interaction_types: string[]; retired_types: string[] };

/** The types of a site, most used first; retired ones only while records still carry them. */
export const readInteractionTypes = async (snapshot: SiteSnapshot): Promise<InteractionType[]> => {
  const [[site], counts] = await Promise.all([
    snapshot.rows<SiteTypes>({
      text: `select interaction_types, retired_types from ${tableOf(snapshot.versions, 'access', 'sites')}
             where site_id = $1`,
      values: [],
    }),
    snapshot.rows<{ value: string; uses: bigint }>({
      text: `select value, uses from ${tableOf(snapshot.versions, 'statistics', 'interaction_counts')}
             where site_id = $1 and dimension = 'type'`,
      values: [],
    }),
  ]);
  const uses = new Map(counts.map((count) => [count.value, Number(count.uses)]));
  const named = (retired: boolean) => (name: string) => ({ name, uses: uses.get(name) ?? 0, retired });
  const current = (site?.interaction_types ?? []).map(named(false));
  const retired = (site?.retired_types ?? []).map(named(true)).filter((type) => type.uses > 0);
  return [...current, ...retired].sort((a, b) => b.uses - a.uses);
};
