export type Notice = {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'warning' | 'danger';
  readonly action?: { readonly label: string; readonly run: () => void };
};

let notices: readonly Notice[] = [];
let lastId = 0;
let spoken = '';
const listeners = new Set<() => void>();
const tell = (): void => {
  for (const listener of listeners) listener();
};

export const subscribeToNotices = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const currentNotices = (): readonly Notice[] => notices;
export const currentlySpoken = (): string => spoken;

export const dismiss = (id: number): void => {
  notices = notices.filter((notice) => notice.id !== id);
  tell();
};

/** Shows a short notice at the foot of the window, read out by screen readers too. Three at most. */
export const notify = (text: string, more: Partial<Pick<Notice, 'tone' | 'action'>> = {}): void => {
  lastId += 1;
  notices = [
    ...notices.filter((notice) => notice.text !== text).slice(-2),
    { id: lastId, text, tone: 'plain', ...more },
  ];
  tell();
};

/** Says something to screen readers alone, such as how many results a search has. */
export const announce = (text: string): void => {
  spoken = text;
  tell();
};
