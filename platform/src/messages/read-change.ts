import { z } from 'zod';
import type { ReadTablesChanged } from './messages.ts';

const ReadTablesChangedMessage = z.object({
  projection: z.string(),
  siteId: z.string().nullable(),
  generation: z.string().regex(/^\d+$/),
  ids: z.array(z.string()).nullable(),
});

/** A change as it came over the wire; undefined for a message of another version or of somebody else. */
export const readChange = (message: unknown): ReadTablesChanged | undefined =>
  ReadTablesChangedMessage.safeParse(message).data;
