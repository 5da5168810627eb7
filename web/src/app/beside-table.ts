import { useOutletContext } from 'react-router';

/** What a panel beside the table knows of it: the address it stands on, and how to walk and leave. */
export type BesideTable = {
  /** The query string of the Finder, kept by every link of the panel. */
  readonly search: string;
  readonly close: () => void;
  /** After the record went to the bin: closes the panel and goes on with the row that takes its place. */
  readonly binned: (id: string) => void;
  /** Opens the row that many steps further. */
  readonly walk: (step: number) => void;
};

export const useBesideTable = (): BesideTable => useOutletContext<BesideTable>();
