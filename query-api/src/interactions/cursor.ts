import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { z } from 'zod';

/** Whose list a cursor continues; `query` is everything that decides which rows it holds, and their order. */
export type CursorBinding = { readonly siteId: string; readonly userId: string; readonly query: string };

const Place = z.strictObject({ page: z.int().min(1), keys: z.array(z.string().nullable()), id: z.string() });

/** Where a list goes on: `page` is the number of the page to come, `keys` and `id` the sort keys of the row before it. */
export type Place = z.infer<typeof Place>;

export type Cursors = {
  seal(binding: CursorBinding, place: Place): string;
  open(binding: CursorBinding, cursor: string): Place | Refusal;
};

/** The key for cursors of an installation, from its master key. */
export const cursorKeyFrom = (masterKey: Buffer): Buffer => createHmac('sha256', masterKey).update('cursors').digest();

const macLength = 16;

/** Cursors that only this installation can make, and that fit one user's one query on one site. */
export const createCursors = (key: Buffer): Cursors => {
  const mac = ({ siteId, userId, query }: CursorBinding, payload: Buffer): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([siteId, userId, query]))
      .update('\n')
      .update(payload)
      .digest()
      .subarray(0, macLength);

  return {
    seal: (binding, place) => {
      const payload = Buffer.from(JSON.stringify(place));
      return Buffer.concat([mac(binding, payload), payload]).toString('base64url');
    },
    open: (binding, cursor) => {
      const bytes = Buffer.from(cursor, 'base64url');
      const payload = bytes.subarray(macLength);
      const given = bytes.subarray(0, macLength);
      if (given.length < macLength || !timingSafeEqual(given, mac(binding, payload))) return foreignCursor();
      return Place.parse(JSON.parse(payload.toString()));
    },
  };
};

const foreignCursor = (): Refusal => {
  const message = 'This cursor does not belong to this list: start again without it';
  return refusal('VALIDATION_ERROR', message, [{ field: 'cursor', message }]);
};
