import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Availability } from '#api/availability.ts';
import { useLongerThan } from '#ui/data-state.tsx';
import { announce } from '#ui/notices.ts';
import { useAvailability } from './availability-hook.ts';
import styles from './shell.module.css';

const shownAfterMs = 1_500;
const words: Readonly<Record<Exclude<Availability, 'all'>, string>> = {
  'no-saving': 'Saving is not possible right now; what you typed is kept.',
  away: 'No connection to the server. Saving is not possible right now; what you typed is kept.',
};
const liveWords = 'Changes of others do not show at the moment.';

/** One slim line while something is wrong with the connection; a hiccup of a second shows nothing. */
export const Banner = ({ isLiveLost = false }: { readonly isLiveLost?: boolean }) => {
  const availability = useAvailability();
  const queries = useQueryClient();
  const isDown = useLongerThan(availability !== 'all', shownAfterMs);
  const wasDown = useRef(false);
  useEffect(() => {
    if (availability === 'all' && wasDown.current) {
      announce('Saving is possible again.');
      // What failed meanwhile is read again; what is on screen stays until then.
      queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.error !== null }).catch(() => undefined);
    }
    wasDown.current = availability !== 'all';
  }, [availability, queries]);
  const text = isDown && availability !== 'all' ? words[availability] : isLiveLost && liveWords;
  if (!text) return null;
  return (
    <div className={styles.banner} role="status">
      {text}
    </div>
  );
};
