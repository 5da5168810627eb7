/** What an operator may name; `bySite`: its rows belong to sites, so one site's can be rebuilt and switched alone. */
export const projectionCatalogue: Readonly<Record<string, { readonly bySite: boolean }>> = {
  interactions: { bySite: true },
  statistics: { bySite: true },
  suggestions: { bySite: true },
  access: { bySite: false },
  users: { bySite: false },
};

/** Stands for every projection, where the operation allows it. */
export const allProjections = 'all';
/** Operations that may be asked for every projection at once. */
export const operationsOnAll: readonly string[] = ['rebuild', 'verify', 'pause', 'resume'];
