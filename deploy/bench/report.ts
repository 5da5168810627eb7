import { cpus, totalmem } from 'node:os';
import { type Comparison, ratioOf, ratioRange, verdictOf } from './comparison.ts';
import { median } from './run-load.ts';

export type RunFacts = {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly rows: number;
  readonly events: number;
  readonly rounds: number;
  readonly slotMs: number;
  readonly postgresVersion: string;
  readonly seconds: number;
};

const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
};
const times = (ratio: number): string => (ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2));

const cellsOf = (comparison: Comparison): readonly string[] => {
  const { what, against, unit, floor, product, goal } = comparison;
  const [low, high] = ratioRange(comparison);
  const verdict = verdictOf(comparison);
  return [
    what,
    against,
    `${figure(median(floor))} ${unit}`,
    `${figure(median(product))} ${unit}`,
    `${times(ratioOf(comparison))} ×`,
    `${times(low)}–${times(high)}`,
    goal ? `${goal.at === 'least' ? '≥' : '≤'} ${goal.times} ×` : '–',
    verdict === 'short' || verdict === 'wrong' ? `**${verdict}**` : verdict,
  ];
};

const header = ['What', 'Held against', 'Floor', 'IMS', 'Ratio', 'Rounds', 'Goal', ''];

/** The table of a run, as Markdown whose columns line up. */
export const tableOf = (comparisons: readonly Comparison[]): string => {
  const rows = [header, ...comparisons.map(cellsOf)];
  const widths = header.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = '', ...others] = rows.map(line);
  return [first, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...others].join('\n');
};

/** What falls short, in words: nothing is left out because it looks bad. */
export const shortfallsOf = (comparisons: readonly Comparison[]): string => {
  const lines = comparisons.flatMap((comparison) => {
    const verdict = verdictOf(comparison);
    if (verdict === 'wrong') return [`- ${comparison.what}: WRONG, ${comparison.wrong}`];
    if (verdict !== 'short') return [];
    const { goal } = comparison;
    return [`- ${comparison.what}: ${times(ratioOf(comparison))} × where ${goal?.times} × is the goal`];
  });
  return lines.length === 0 ? 'Every goal is met.' : `Short of the goal:\n\n${lines.join('\n')}`;
};

export const reportOf = (comparisons: readonly Comparison[], facts: RunFacts): string => {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  return `# Benchmark of ${facts.date}, ${facts.rows.toLocaleString('en')} interactions

${cpus().length} cores (${processor}), ${Math.round(totalmem() / 2 ** 30)} GB, PostgreSQL ${facts.postgresVersion} with its
durable defaults, Node ${process.versions.node}; load, servers and database on this one machine.
${facts.events.toLocaleString('en')} events, 20 sites, one of them with half of the interactions.

The floor is written by hand for the one thing it does, without roles, sealing, sites or versions; its table has the
columns and the search vector of the product's, and two indexes where the product has eight. Both sides ran in the same run, in turns:
${facts.rounds} rounds of ${(facts.slotMs / 1_000).toFixed(2)} s a side after one to warm up, medians; "Rounds" is the lowest and the
highest ratio of any round. Every answer compared was first checked to hold the same rows and totals.
The run took ${Math.round(facts.seconds)} s.

${tableOf(comparisons)}

${shortfallsOf(comparisons)}
`;
};
