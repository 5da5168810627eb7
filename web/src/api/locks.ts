/** Runs the work while no other tab of this browser does the work of that name. */
export const runAlone = async <T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  if (!navigator.locks) return work();
  return navigator.locks.request(name, signal ? { signal } : {}, work);
};
