import { useCallback, useState } from 'react';

const read = <T>(name: string, otherwise: T): T => {
  try {
    const text = localStorage.getItem(name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
};

/** A choice this browser remembers for the person (`name` carries their id); lost storage means the usual choice. */
export const useRemembered = <T>(name: string, usual: T): readonly [T, (value: T) => void] => {
  const key = `ims.${name}`;
  const [value, setValue] = useState<T>(() => read(key, usual));
  const remember = useCallback(
    (chosen: T) => {
      setValue(chosen);
      try {
        localStorage.setItem(key, JSON.stringify(chosen));
      } catch {
        // Without storage the choice holds until the page is left.
      }
    },
    [key],
  );
  return [value, remember];
};
