import { parseArgs } from 'node:util';

export type BenchOptions = {
  /** Interactions in the log. */
  readonly rows: number;
  /** Rounds that count; one more comes first to warm up. */
  readonly rounds: number;
  /** How long one side of one round lasts. */
  readonly slotMs: number;
};

export const readBenchOptions = (words: readonly string[]): BenchOptions => {
  const { values } = parseArgs({ args: [...words], options: { rows: { type: 'string', default: '200000' } } });
  const rows = Number(values.rows);
  if (!Number.isInteger(rows) || rows < 1_000 || rows > 5_000_000) {
    throw new Error('--rows must be a whole number from 1000 to 5000000.');
  }
  return rows < 50_000 ? { rows, rounds: 2, slotMs: 250 } : { rows, rounds: 5, slotMs: 2_000 };
};
