/**
 * Runs one at a time. Whoever asks while one runs shares the next one, which begins after they asked: so the answer is
 * never older than the question, and a thousand questions are two runs.
 */
export const gathered = <Key, Result>(
  run: (keys: ReadonlySet<Key>) => Promise<Result>,
): ((keys: Iterable<Key>) => Promise<Result>) => {
  let running: Promise<unknown> = Promise.resolve();
  let next: { readonly keys: Set<Key>; readonly result: Promise<Result> } | undefined;

  const start = (): NonNullable<typeof next> => {
    const keys = new Set<Key>();
    const result = running.then(() => {
      next = undefined;
      return run(keys);
    });
    running = result.catch(() => undefined);
    return { keys, result };
  };
  return (keys) => {
    next ??= start();
    for (const key of keys) next.keys.add(key);
    return next.result;
  };
};
