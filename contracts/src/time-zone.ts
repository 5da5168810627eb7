import { z } from 'zod';

/** Zones that exist, in lower case: a zone has one name, and as many spellings as its letters can be big or small. */
const known = new Set<string>();

/** True when this runtime can format times in the zone; no list is consulted, so the user's spelling stays. */
export const isTimeZone = (zone: string): boolean => {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{1,63}$/.test(zone)) return false;
  const name = zone.toLowerCase();
  if (known.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
  known.add(name);
  return true;
};

/** An IANA time zone name, e.g. `Europe/Brussels`. */
export const TimeZone = z
  .string({ error: (issue) => (issue.input === undefined ? 'Time zone is required' : 'Time zone must be text') })
  .refine(isTimeZone, 'Time zone must be an IANA name such as Europe/Brussels')
  .meta({ example: 'Europe/Brussels' });
