/** Something that a test waits for, or makes others wait for. */
export type Gate<Value = void> = { readonly opened: Promise<Value>; readonly open: (value: Value) => void };

export const createGate = <Value = void>(): Gate<Value> => {
  let open = (_value: Value): void => undefined;
  const opened = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { opened, open: (value) => open(value) };
};
