import type { ProjectionName, ReadState } from './read-state.ts';

type Marks = Readonly<Partial<Record<ProjectionName, bigint>>>;

/** What is known of one site's read tables. Times: milliseconds of the process's clock. */
export type KnownState = {
  readonly state: ReadState;
  /** When the reading that confirmed it began. */
  readonly confirmedAt: number;
  /** When something newer than that reading was learnt last. */
  readonly raisedAt: number;
  /** Only what was read from then on counts as confirmed. */
  readonly trustedFrom: number;
};

const isSameTables = (a: ReadState, b: ReadState): boolean =>
  a.epoch === b.epoch &&
  [...Object.keys(a.versions), ...Object.keys(b.versions)].every(
    (name) => a.versions[name as ProjectionName] === b.versions[name as ProjectionName],
  );

const latest = (a: Marks, b: Marks): Marks => {
  const marks: Partial<Record<ProjectionName, bigint>> = { ...a };
  for (const [name, mark] of Object.entries(b) as [ProjectionName, bigint][]) {
    if (mark > (marks[name] ?? -1n)) marks[name] = mark;
  }
  return marks;
};

/** Of two moments of the same tables, the later: everything in them only grows. */
const later = (a: ReadState, b: ReadState): ReadState => ({
  ...a,
  positions: latest(a.positions, b.positions),
  generations: latest(a.generations, b.generations),
});

/** True when a mark of `a` is above that of `b`. */
export const isAhead = (a: Marks, b: Marks): boolean =>
  (Object.entries(a) as [ProjectionName, bigint][]).some(([name, mark]) => mark > (b[name] ?? -1n));

/**
 * After a look at the read tables that began at `startedAt`. It counts as it is, also when marks are lower than they
 * were (a restored database), unless something was learnt meanwhile: then marks only grow.
 */
export const afterLook = (known: KnownState | undefined, state: ReadState, startedAt: number): KnownState => {
  if (!known) return { state, confirmedAt: startedAt, raisedAt: startedAt, trustedFrom: startedAt };
  if (startedAt > known.raisedAt) return { ...known, state, confirmedAt: startedAt };
  return isSameTables(known.state, state) ? laterOf(known, state, startedAt) : known;
};

const laterOf = (known: KnownState, state: ReadState, startedAt: number): KnownState => ({
  ...known,
  state: later(known.state, state),
  confirmedAt: Math.max(known.confirmedAt, startedAt),
});

/** After rows were read in a snapshot of this state; other tables than those known are a reason to look. */
export const afterRead = (known: KnownState, state: ReadState, startedAt: number, now: number): KnownState => {
  if (!isSameTables(known.state, state)) return distrusted(known, now);
  const isNews = isAhead(state.generations, known.state.generations) || isAhead(state.positions, known.state.positions);
  return { ...laterOf(known, state, startedAt), raisedAt: isNews ? now : known.raisedAt };
};

/** After a message said that a site's rows have this generation. */
export const afterMessage = (
  known: KnownState,
  { projection, generation }: { readonly projection: ProjectionName; readonly generation: bigint },
  now: number,
): KnownState => {
  if (generation <= (known.state.generations[projection] ?? -1n)) return known;
  const generations = { ...known.state.generations, [projection]: generation };
  return { ...known, state: { ...known.state, generations }, raisedAt: now };
};

export const distrusted = (known: KnownState, now: number): KnownState => ({ ...known, trustedFrom: now });

export const isTrusted = ({ confirmedAt, trustedFrom }: KnownState, now: number, trustedMs: number): boolean =>
  confirmedAt >= trustedFrom && now - confirmedAt <= trustedMs;
