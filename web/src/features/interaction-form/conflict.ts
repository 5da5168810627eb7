import type { FieldName, FormValues } from './form-values.ts';

export type Differing = { readonly name: FieldName; readonly mine: string; readonly theirs: string };
export type Conflict = {
  /** Changed by both, differently: a person has to choose. */
  readonly toChoose: readonly Differing[];
  /** Changed by the other alone: taken over as they are. */
  readonly taken: readonly Differing[];
};

/** The inputs that are chosen as one: half of somebody's time with half of another's would be nobody's. */
const together: readonly (readonly FieldName[])[] = [
  ['title'],
  ['type'],
  ['lead'],
  ['startDate', 'startTime', 'endDate', 'endTime', 'timezone'],
  ['location'],
  ['description'],
  ['notes'],
];

const pick = (values: FormValues, names: readonly FieldName[]): string => names.map((name) => values[name]).join('\n');

/** Compares what was typed with what somebody saved meanwhile, both against what the typing began from. */
export const compareEdits = (base: FormValues, mine: FormValues, theirs: FormValues): Conflict => {
  const changed = together.filter(
    (names) => pick(base, names) !== pick(theirs, names) && pick(mine, names) !== pick(theirs, names),
  );
  const differing = (names: readonly FieldName[]): Differing[] => {
    const [name] = names;
    return name ? [{ name, mine: pick(mine, names), theirs: pick(theirs, names) }] : [];
  };
  return {
    toChoose: changed.filter((names) => pick(mine, names) !== pick(base, names)).flatMap(differing),
    taken: changed.filter((names) => pick(mine, names) === pick(base, names)).flatMap(differing),
  };
};

/** Theirs, with mine where I changed something and did not give it up. */
export const mergeEdits = (
  { base, mine, theirs }: { readonly base: FormValues; readonly mine: FormValues; readonly theirs: FormValues },
  givenUp: ReadonlySet<FieldName>,
): FormValues => {
  const merged = { ...theirs };
  for (const names of together) {
    const [name] = names;
    if (!name || givenUp.has(name) || pick(mine, names) === pick(base, names)) continue;
    for (const one of names) merged[one] = mine[one];
  }
  return merged;
};
