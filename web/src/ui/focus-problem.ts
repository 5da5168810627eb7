import { type RefObject, useEffect, useRef } from 'react';

/** Leads to the first field that is wrong, each time that what is wrong has changed. */
export const useFocusOnProblem = (
  problems: Readonly<Record<string, string | undefined>>,
): RefObject<HTMLFormElement | null> => {
  const form = useRef<HTMLFormElement>(null);
  const what = Object.entries(problems)
    .filter(([, message]) => message)
    .join('; ');
  useEffect(() => {
    if (what) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [what]);
  return form;
};
