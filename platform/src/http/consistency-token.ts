import { type Refusal, refusal } from '@ims/contracts/error-codes';

/** A place in the log that a read must include: `position` within the log's life `epoch`. */
export type ConsistencyToken = { readonly epoch: number; readonly position: bigint };

const form = /^(\d{1,9})\.(\d{1,18})$/;

/** The text of `X-Consistency-Token`: `<epoch>.<position>`. */
export const formatConsistencyToken = ({ epoch, position }: ConsistencyToken): string => `${epoch}.${position}`;

/** Reads `X-Consistency-Token`; undefined without one, VALIDATION_ERROR when it was never given out in this form. */
export const parseConsistencyToken = (
  header: string | readonly string[] | undefined,
): ConsistencyToken | Refusal | undefined => {
  if (header === undefined) return undefined;
  const [, epoch, position] = typeof header === 'string' ? (form.exec(header) ?? []) : [];
  if (epoch !== undefined && position !== undefined) return { epoch: Number(epoch), position: BigInt(position) };
  const message = 'X-Consistency-Token must be as an earlier answer gave it';
  return refusal('VALIDATION_ERROR', message, [{ field: 'X-Consistency-Token', message }]);
};
