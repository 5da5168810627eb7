import { median } from './run-load.ts';

/** Better is a higher rate, or a shorter time. */
export type Unit = 'per s' | 'events/s' | 'ms';

export type Goal = { readonly at: 'least' | 'most'; readonly times: number };

export type Comparison = {
  readonly what: string;
  /** What the product is held against. */
  readonly against: string;
  readonly unit: Unit;
  readonly floor: readonly number[];
  readonly product: readonly number[];
  /** Of 5-quality; missing where it names no goal against this floor. */
  readonly goal?: Goal;
  /** Set when both sides did not answer the same: then no figure counts. */
  readonly wrong?: string | undefined;
};

export type Sides = { readonly floor: () => Promise<number>; readonly product: () => Promise<number> };

/** Both sides in turn, the one that begins changing every round; the first round warms up and does not count. */
export const interleave = async ({ floor, product }: Sides, rounds: number) => {
  const figures = { floor: [] as number[], product: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? (['floor', 'product'] as const) : (['product', 'floor'] as const);
    for (const side of order) {
      const figure = await (side === 'floor' ? floor() : product());
      if (round > 0) figures[side].push(figure);
    }
  }
  return figures;
};

export const ratioOf = ({ floor, product }: Pick<Comparison, 'floor' | 'product'>): number =>
  median(product) / median(floor);

/** The lowest and the highest ratio that any one round had. */
export const ratioRange = ({ floor, product }: Pick<Comparison, 'floor' | 'product'>): readonly [number, number] => {
  const ratios = product.map((figure, round) => figure / (floor[round] ?? Number.NaN));
  return [Math.min(...ratios), Math.max(...ratios)];
};

export const verdictOf = (comparison: Comparison): 'met' | 'short' | 'wrong' | 'no goal' => {
  const { goal, wrong } = comparison;
  if (wrong !== undefined) return 'wrong';
  if (!goal) return 'no goal';
  const ratio = ratioOf(comparison);
  return (goal.at === 'least' ? ratio >= goal.times : ratio <= goal.times) ? 'met' : 'short';
};
