import { asynchronousCommit } from './asynchronous-commit.ts';
import { cacheAside } from './cache-aside.ts';
import { checkpointApart } from './checkpoint-apart.ts';
import type { Control } from './control.ts';
import { plainSequence } from './plain-sequence.ts';
import { refreshInSteps } from './refresh.ts';
import { sessionSetting } from './session-setting.ts';

/** Every mistake that the run must be able to find. */
export const controls: readonly Control[] = [
  plainSequence,
  asynchronousCommit,
  cacheAside,
  sessionSetting,
  refreshInSteps,
  checkpointApart,
];
