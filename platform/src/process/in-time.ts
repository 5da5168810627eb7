/** A call to another server took longer than it may. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/** The outcome of the work, or `TookTooLong` after so many ms, or at once when aborted; the work itself goes on. */
export const inTime = async <Value>(ms: number, work: Promise<Value>, signal?: AbortSignal): Promise<Value> => {
  let giveUp = (): void => undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(new TookTooLong(`No answer within ${ms} ms.`));
  });
  const timer = setTimeout(giveUp, ms);
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted) giveUp();
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
};
