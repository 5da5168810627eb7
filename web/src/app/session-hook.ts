import { useSyncExternalStore } from 'react';
import { session } from '#api/browser-session.ts';
import type { Session } from '#api/session.ts';

/** Who is signed in, as it changes in this tab and in others. */
export const useSession = (): Session | undefined => useSyncExternalStore(session.subscribe, session.current);
