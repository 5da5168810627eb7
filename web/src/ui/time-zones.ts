import { viewerZone } from './date-words.ts';

/** Every zone this browser knows, the viewer's own first, with those already in use that it may not list. */
export const timeZones = (inUse: readonly string[] = []): string[] => {
  const own = viewerZone();
  const others = [...inUse, 'UTC', ...Intl.supportedValuesOf('timeZone')].filter((zone) => zone !== '' && zone !== own);
  return [own, ...new Set(others)];
};
