import { useSyncExternalStore } from 'react';
import { breakpoints } from '#app/tokens.ts';

export type Screen = 'phone' | 'tablet' | 'desktop';

const queries = {
  tablet: matchMedia(`(min-width: ${breakpoints.tablet}px)`),
  desktop: matchMedia(`(min-width: ${breakpoints.desktop}px)`),
};

export const currentScreen = (): Screen => {
  if (queries.desktop.matches) return 'desktop';
  return queries.tablet.matches ? 'tablet' : 'phone';
};

const subscribe = (changed: () => void): (() => void) => {
  const all = Object.values(queries);
  for (const query of all) query.addEventListener('change', changed);
  return () => {
    for (const query of all) query.removeEventListener('change', changed);
  };
};

/** Writes the kind of screen on the document, where style sheets read it: widths then stand in the tokens alone. */
export const markScreen = (): (() => void) => {
  const mark = (): void => {
    document.documentElement.dataset.screen = currentScreen();
  };
  mark();
  return subscribe(mark);
};

export const useScreen = (): Screen => useSyncExternalStore(subscribe, currentScreen);
