/** Which methods a concrete path answers to, for `405` with `Allow`. */
export type PathMethods = {
  add(method: string, pattern: string): void;
  /** The methods of every route whose pattern fits the path (without query), sorted; empty for an unknown path. */
  allowed(path: string): readonly string[];
};

export const createPathMethods = (): PathMethods => {
  const byPattern = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>();
  return {
    add: (method, pattern) => {
      const known = byPattern.get(pattern) ?? { matches: toRegExp(pattern), methods: new Set() };
      known.methods.add(method);
      byPattern.set(pattern, known);
    },
    allowed: (path) => {
      const fitting = [...byPattern.values()].filter(({ matches }) => matches.test(path));
      return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
    },
  };
};

const toRegExp = (pattern: string): RegExp => {
  const parts = pattern.replace(/\/$/, '').split(/(:\w+|\*)/);
  const source = parts.map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}/?$`);
};
