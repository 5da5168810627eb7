import { hkdfSync } from 'node:crypto';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import { openText, type Place, sealText } from '@ims/platform/event-log/sealed-content';
import { clearHostCookie, readCookie, setHostCookie } from '@ims/platform/http/cookies';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

export const externalCookie = '__Host-ims-external';

const lifeMs = 600_000;
const place: Place = { stream: 'cookie', type: 'external-sign-in', eventId: externalCookie };

const Attempt = z.strictObject({
  issuer: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  to: z.string(),
  remember: z.boolean(),
  /** The session that this browser had when it left; it ends with the new sign-in. */
  replaces: z.string().nullable(),
  expiresAt: z.number(),
});
/** A sign-in that is under way at an issuer, as the browser keeps it for us. */
export type ExternalAttempt = Omit<z.infer<typeof Attempt>, 'expiresAt'>;

export type ExternalCookie = {
  set(reply: FastifyReply, attempt: ExternalAttempt): void;
  /** The attempt that the browser brings back, once, and takes the cookie away. Undefined for none that is good. */
  take(request: FastifyRequest, reply: FastifyReply): ExternalAttempt | undefined;
};

/** Sealed under a key that follows from the master key: any command API opens it, and nobody else reads or changes it. */
export const createExternalCookie = (masterKey: MasterKey, now: () => number = Date.now): ExternalCookie => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims external sign-in', 32));
  const isFirstUse = createUsedOnce(now);
  const open = (sealed: string): z.infer<typeof Attempt> | undefined => {
    try {
      return Attempt.parse(JSON.parse(openText(sealed, key, place)));
    } catch {
      return undefined;
    }
  };
  return {
    set: (reply, attempt) => {
      const text = JSON.stringify({ ...attempt, expiresAt: now() + lifeMs });
      // The way back from the issuer is a navigation from another site: a strict cookie would not come along.
      const value = sealText(text, key, place);
      setHostCookie(reply, { name: externalCookie, value, maxAgeSeconds: lifeMs / 1_000, sameSite: 'lax' });
    },
    take: (request, reply) => {
      const sealed = readCookie(request, externalCookie);
      if (sealed === undefined) return undefined;
      clearHostCookie(reply, externalCookie);
      const attempt = open(sealed);
      if (!attempt || attempt.expiresAt <= now()) return undefined;
      return isFirstUse(attempt) ? attempt : undefined;
    },
  };
};

/** Per process; across processes the issuer's code, good for one exchange, is what makes an attempt single. */
const createUsedOnce = (now: () => number) => {
  const used = new Map<string, number>();
  return ({ state, expiresAt }: { readonly state: string; readonly expiresAt: number }): boolean => {
    for (const [old, end] of used) {
      if (end > now()) break;
      used.delete(old);
    }
    if (used.has(state)) return false;
    used.set(state, expiresAt);
    return true;
  };
};
