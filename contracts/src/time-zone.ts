import { z } from 'zod';

const known = new Map<string, boolean>();

/** True when this runtime can format times in the zone; no list is consulted, so the user's spelling stays. */
export const isTimeZone = (zone: string): boolean => {
  const cached = known.get(zone);
  if (cached !== undefined) return cached;
  let valid = /^[A-Za-z][A-Za-z0-9_+\-/]{1,63}$/.test(zone);
  try {
    if (valid) new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    valid = false;
  }
  if (known.size < 2_000) known.set(zone, valid);
  return valid;
};

/** An IANA time zone name, e.g. `Europe/Brussels`. */
export const TimeZone = z
  .string({ error: (issue) => (issue.input === undefined ? 'Time zone is required' : 'Time zone must be text') })
  .refine(isTimeZone, 'Time zone must be an IANA name such as Europe/Brussels')
  .meta({ example: 'Europe/Brussels' });
