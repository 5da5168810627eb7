import { useEffect, useRef, useSyncExternalStore } from 'react';

/** Something the search of commands (`Ctrl K`) offers. */
export type Command = {
  readonly label: string;
  /** Other words people look for it by. */
  readonly words?: string;
  /** The keys that do the same. */
  readonly keys?: string;
  readonly run: () => void;
};

type Source = { readonly commands: () => readonly Command[] };
let sources: readonly Source[] = [];
const listeners = new Set<() => void>();
const keep = (next: readonly Source[]): void => {
  sources = next;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Offers commands while a screen is shown. */
export const useCommands = (commands: readonly Command[]): void => {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const source: Source = { commands: () => latest.current };
    keep([source, ...sources]);
    return () => keep(sources.filter((one) => one !== source));
  }, []);
};

/** What every screen now shown offers, the innermost first. */
export const useOfferedCommands = (): readonly Command[] =>
  useSyncExternalStore(subscribe, () => sources).flatMap(({ commands }) => commands());

/** Commands whose words all begin as typed; those whose name begins that way first. */
export const findCommands = (commands: readonly Command[], typed: string): readonly Command[] => {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return commands;
  const wordsOf = ({ label, words = '' }: Command): string[] => `${label} ${words}`.toLowerCase().split(/[\s,]+/);
  const matches = commands.filter((command) =>
    wanted.every((want) => wordsOf(command).some((word) => word.startsWith(want))),
  );
  const isFirst = ({ label }: Command): boolean => label.toLowerCase().startsWith(typed.trim().toLowerCase());
  return [...matches.filter(isFirst), ...matches.filter((command) => !isFirst(command))];
};
