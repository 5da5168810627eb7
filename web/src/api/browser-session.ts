import type { SignedIn } from '@ims/contracts/auth/api';
import { connectionLost, readApiError } from './api-error.ts';
import { runAlone } from './locks.ts';
import { createSessionStore } from './session.ts';

const refresh = async (): Promise<SignedIn | undefined> => {
  const response = await fetch('/api/v1/auth/refresh', { method: 'POST' }).catch((cause: unknown) => {
    throw connectionLost(cause);
  });
  if (response.ok) return response.json();
  if (response.status === 401 || response.status === 403) return undefined;
  throw await readApiError(response);
};

/** The session of this browser. */
export const session = createSessionStore({
  refresh,
  channel: new BroadcastChannel('ims-session'),
  runAlone: (work) => runAlone('ims-session', work),
  answerWithinMs: 60,
  now: Date.now,
});
