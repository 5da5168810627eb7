import type { SignedIn } from '@ims/contracts/auth/api';
import { connectionLost, readApiError } from './api-error.ts';
import { runAlone } from './locks.ts';
import { createSessionStore, type SignedInMark } from './session.ts';

const refresh = async (): Promise<SignedIn | undefined> => {
  const response = await fetch('/api/v1/auth/refresh', { method: 'POST' }).catch((cause: unknown) => {
    throw connectionLost(cause);
  });
  if (response.ok) return response.json();
  if (response.status === 401 || response.status === 403) return undefined;
  throw await readApiError(response);
};

const markName = 'ims.signed-in';

/**
 * Whether the person came by a link of another site: it may have led over an issuer's sign-in, which starts a session
 * without this page.
 */
const isFromElsewhere = (): boolean =>
  document.referrer !== '' && new URL(document.referrer).origin !== location.origin;
let isSettled = false;

/** Says nothing but that somebody signed in here; the session itself is in a cookie that no script can read. */
const mark: SignedInMark = {
  isSet: () => {
    try {
      return localStorage.getItem(markName) !== null || (!isSettled && isFromElsewhere());
    } catch {
      // Without storage only the server knows.
      return true;
    }
  },
  set: () => {
    try {
      localStorage.setItem(markName, 'yes');
    } catch {
      // Then the server is asked every time.
    }
  },
  clear: () => {
    isSettled = true;
    try {
      localStorage.removeItem(markName);
    } catch {
      // Nothing was kept then.
    }
  },
};

/** The session of this browser. */
export const session = createSessionStore({
  refresh,
  channel: new BroadcastChannel('ims-session'),
  runAlone: (work) => runAlone('ims-session', work),
  answerWithinMs: 60,
  now: Date.now,
  mark,
});
