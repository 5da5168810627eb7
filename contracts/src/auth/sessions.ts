import { z } from 'zod';
import { Uuid } from '../ids.ts';

/** One of the caller's own sign-ins. Instants are ISO 8601, UTC; `browser` and `system` are words like "Firefox", "Linux". */
export const OwnSession = z
  .object({
    id: z.string(),
    current: z.boolean(),
    createdAt: z.string(),
    lastUsedAt: z.string(),
    expiresAt: z.string(),
    remembered: z.boolean(),
    browser: z.string(),
    system: z.string(),
  })
  .meta({ id: 'OwnSession' });
export type OwnSession = z.infer<typeof OwnSession>;
export const OwnSessionList = z.object({ sessions: z.array(OwnSession) }).meta({ id: 'OwnSessionList' });
export const SessionParams = z.strictObject({ id: Uuid });
