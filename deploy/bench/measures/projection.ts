import type pg from 'pg';
import type { Comparison } from '../comparison.ts';
import { projectPlainly } from '../floor/plain-projector.ts';
import type { ProductProjector } from '../product/project.ts';

/** A part must be much longer than a batch, because both sides stop at the end of one. */
const partsOf = (events: number): number => (events < 60_000 ? 2 : 6);

type Side = 'lean' | 'asIndexed' | 'product';

/** All sides fill their empty Finder table from the whole log, a part each in turn; the first part warms up. */
export const measureProjection = async (
  product: ProductProjector,
  floor: pg.Pool,
  events: number,
): Promise<Comparison[]> => {
  const run: Record<Side, (until: bigint) => Promise<number>> = {
    lean: (until) => projectPlainly(floor, 'interactions', until),
    asIndexed: (until) => projectPlainly(floor, 'interactions_as_indexed', until),
    product: (until) => product.run(['interactions'], until),
  };
  const figures: Record<Side, number[]> = { lean: [], asIndexed: [], product: [] };
  const order: Side[] = ['lean', 'product', 'asIndexed'];
  const parts = partsOf(events);
  for (let part = 1; part <= parts; part += 1) {
    const until = BigInt(Math.floor((events * part) / parts));
    for (const side of order) {
      const rate = await run[side](until);
      if (part > 1) figures[side].push(rate);
    }
    order.reverse();
  }
  const what = 'Projection catch-up, Finder rows';
  const against = 'keyset reader + one unnest upsert a batch';
  return [
    {
      what,
      against,
      unit: 'events/s',
      floor: figures.lean,
      product: figures.product,
      goal: { at: 'least', times: 0.5 },
    },
    {
      what,
      against: "the same with the product's indexes",
      unit: 'events/s',
      floor: figures.asIndexed,
      product: figures.product,
    },
  ];
};
