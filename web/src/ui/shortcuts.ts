import { useEffect, useRef } from 'react';

/** Keys as the keyboard map writes them: `n`, `/`, `Escape`, `Ctrl+Enter`, `Ctrl+Shift+Enter`, `g i`. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const sequenceWithinMs = 1_200;

const isTypingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    isTextInput(target));

const isTextInput = (target: HTMLElement): boolean =>
  target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type);

const keyName = (event: KeyboardEvent): string => {
  const withControl = event.ctrlKey || event.metaKey;
  return `${withControl ? 'Ctrl+' : ''}${withControl && event.shiftKey ? 'Shift+' : ''}${event.key}`;
};

const isTaken = (event: KeyboardEvent): boolean => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return true;
  if (document.querySelector('dialog[open], [popover]:popover-open')) return true;
  const isWithControl = event.ctrlKey || event.metaKey;
  return isTypingIn(event.target) && !isWithControl && event.key !== 'Escape';
};

/** Listens to keys of the whole page while a screen is shown; typing in a field and open dialogs come first. */
export const useShortcuts = (shortcuts: Shortcuts): void => {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let first: { key: string; at: number } | undefined;
    let isListOpen = false;
    // Before the list hears it: Escape closes an open list of suggestions, and nothing more.
    const look = ({ target }: KeyboardEvent): void => {
      isListOpen = target instanceof Element && target.matches('[aria-haspopup="listbox"][aria-expanded="true"]');
    };
    const press = (event: KeyboardEvent): void => {
      if (isTaken(event) || (isListOpen && event.key === 'Escape')) return;
      const key = keyName(event);
      const sequence = first && event.timeStamp - first.at < sequenceWithinMs ? `${first.key} ${key}` : key;
      const act = latest.current[sequence] ?? latest.current[key];
      first = key === 'g' ? { key, at: event.timeStamp } : undefined;
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener('keydown', look, { capture: true });
    document.addEventListener('keydown', press);
    return () => {
      document.removeEventListener('keydown', look, { capture: true });
      document.removeEventListener('keydown', press);
    };
  }, []);
};
