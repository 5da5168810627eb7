/** The types that are offered after a change, or the sentence that says why there is no such change. */
export type TypesChanged = { readonly types: readonly string[] } | { readonly problem: string };
export type TypesChange = (offered: readonly string[]) => TypesChanged;

const longest = 50;

const plain = (name: string): string => name.normalize('NFKC').toLowerCase();
const isSame = (one: string, other: string): boolean => plain(one) === plain(other);

const nameProblem = (offered: readonly string[], name: string): string | undefined => {
  if (!name) return 'Type is required';
  if (name.length > longest) return `Type can have ${longest} characters at most`;
  const same = offered.find((one) => isSame(one, name));
  return same && `“${same}” is offered already`;
};

const gone = (name: string): TypesChanged => ({ problem: `“${name}” is not offered any more` });

export const addType =
  (typed: string): TypesChange =>
  (offered) => {
    const name = typed.trim();
    const problem = nameProblem(offered, name);
    return problem ? { problem } : { types: [...offered, name] };
  };

/** The new name takes the place of the old one. */
export const renameType =
  (from: string, typed: string): TypesChange =>
  (offered) => {
    const name = typed.trim();
    if (!offered.includes(from)) return gone(from);
    const others = offered.filter((one) => one !== from);
    const problem = nameProblem(others, name);
    return problem ? { problem } : { types: offered.map((one) => (one === from ? name : one)) };
  };

export const moveType =
  (name: string, step: -1 | 1): TypesChange =>
  (offered) => {
    const at = offered.indexOf(name);
    const other = offered[at + step];
    if (at < 0) return gone(name);
    if (other === undefined) return { types: offered };
    const swapped = { [name]: other, [other]: name };
    return { types: offered.map((one) => swapped[one] ?? one) };
  };

export const retireType =
  (name: string): TypesChange =>
  (offered) =>
    offered.length > 1
      ? { types: offered.filter((one) => one !== name) }
      : { problem: 'A site offers at least one type; add another one first' };
