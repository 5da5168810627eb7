/**
 * Calls `end` when the parent is gone, however it went: its end of our standard input closes with it. Only for
 * processes that are started with END_WITH_PARENT=on and a pipe for standard input.
 */
export const endWithParent = (end: () => void, environment: NodeJS.ProcessEnv = process.env): void => {
  if (environment.END_WITH_PARENT !== 'on') return;
  process.stdin.on('error', () => undefined);
  process.stdin.once('close', end);
  process.stdin.resume();
};
