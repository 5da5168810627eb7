import { useQuery } from '@tanstack/react-query';
import { sites } from '#api/sites.ts';

export type NamedSite = { readonly id: string; readonly name: string };

/** The sites that may be named here; none for an operator who belongs to none. */
export const useNamedSites = (): readonly NamedSite[] => useQuery(sites()).data ?? [];

/** The name where it is known, else the beginning of the id. */
export const siteName = (known: readonly NamedSite[], id: string): string =>
  known.find((site) => site.id === id)?.name ?? `site ${id.slice(0, 8)}`;
