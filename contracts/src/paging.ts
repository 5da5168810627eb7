import { z } from 'zod';

/** A whole number in a query string; `name` begins its error sentences. */
export const wholeNumber = (name: string, min: number, max: number) =>
  z
    .string({ error: `${name} must be a whole number from ${min} to ${max}` })
    .regex(/^\d{1,9}$/, `${name} must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `${name} must be a whole number from ${min} to ${max}`);

/** `page` (from 1) and `pageSize` (1–100) of a list's query string, and `cursor` as an earlier answer gave it. */
export const pagingQuery = {
  page: wholeNumber('page', 1, 1_000_000).optional().meta({ example: '1' }),
  pageSize: wholeNumber('pageSize', 1, 100).optional().meta({ example: '25' }),
  cursor: z.string().max(4_000).optional(),
};

/** A query parameter that may be given several times (`type=Meeting&type=Call`). */
export const repeatable = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item).max(50), item.transform((value) => [value])]);
