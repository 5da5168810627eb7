import { useSyncExternalStore } from 'react';
import type { Availability } from '#api/availability.ts';
import { availability } from '#api/browser-availability.ts';
import { useOnline } from '#ui/online.ts';

/** Whether saving is possible right now, as far as this browser knows. */
export const useAvailability = (): Availability => {
  const known = useSyncExternalStore(availability.subscribe, availability.current);
  return useOnline() ? known : 'away';
};
