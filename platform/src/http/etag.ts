import { type Refusal, refusal } from '@ims/contracts/error-codes';

/** The `ETag` of a record at a revision: `"7"`. */
export const formatEtag = (revision: number): string => `"${revision}"`;

/** What `If-Match` asks for: nothing, any existing record (`*`), or one of these revisions. */
export type IfMatch = undefined | 'any' | readonly number[];

const tag = /^(?:W\/)?"(\d{1,9})"$/;

/**
 * Reads an `If-Match` header. Weak tags are taken as strong ones: a revision is the same either way, and proxies that
 * compress make tags weak. Anything that no answer of ours ever carried as ETag is refused as VALIDATION_ERROR.
 */
export const parseIfMatch = (header: string | undefined): IfMatch | Refusal => {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'any';
  const revisions = header.split(',').map((part) => Number(tag.exec(part.trim())?.[1] ?? Number.NaN));
  if (revisions.every((revision) => Number.isInteger(revision))) return revisions;
  const message = 'If-Match must be the ETag of an earlier answer, such as "7"';
  return refusal('VALIDATION_ERROR', message, [{ field: 'If-Match', message }]);
};
