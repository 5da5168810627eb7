import type { Projection } from '../runner/projection.ts';

/** The code's projection over the tables of another version, which may hold the rows of one site only. */
export const versionOf = (
  template: Projection,
  { version, siteId }: { readonly version: number; readonly siteId: string | null },
): Projection => ({
  ...template,
  version,
  tables: siteId === null ? template.tables : template.tables.map((table) => ({ ...table, onlySite: siteId })),
});
