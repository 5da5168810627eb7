import type { SignedIn } from '@ims/contracts/auth/api';
import type { Ended } from '../paths.ts';

export type Session = SignedIn;

type Message = { kind: 'session'; session: Session } | { kind: 'signed-out'; ended: Ended } | { kind: 'ask' };
export type SessionChannel = {
  postMessage(message: Message): void;
  addEventListener(type: 'message', listener: (event: { data: Message }) => void): void;
};
type SessionParts = {
  /** Asks the server for a new token; nothing when nobody is signed in. */
  readonly refresh: () => Promise<Session | undefined>;
  readonly channel: SessionChannel;
  /** Runs the work while no other tab does. */
  readonly runAlone: <T>(work: () => Promise<T>) => Promise<T>;
  /** How long a new tab waits for another one to share its token. */
  readonly answerWithinMs: number;
  readonly now: () => number;
  /** Whether somebody may be signed in on this browser; without the mark the server is not asked. */
  readonly mark: SignedInMark;
};
export type SignedInMark = { readonly isSet: () => boolean; readonly set: () => void; readonly clear: () => void };

const secondsToSpare = 30;

/**
 * Who is signed in. The token lives in memory alone; tabs share it through the channel, so that a browser renews
 * once however many tabs it has (a refresh cookie used twice would end the session).
 */
export const createSessionStore = ({ refresh, channel, runAlone, answerWithinMs, now, mark }: SessionParts) => {
  let current: Session | undefined;
  let renewing: Promise<Session | undefined> | undefined;
  let endings = 0;
  let ended: Ended = 'session';
  const listeners = new Set<() => void>();
  const keep = (session: Session | undefined): void => {
    current = session;
    for (const listener of listeners) listener();
  };
  const forget = (): void => {
    endings += 1;
    keep(undefined);
  };
  const isFresh = (session: Session | undefined): session is Session =>
    session !== undefined && Date.parse(session.expiresAt) - now() > secondsToSpare * 1_000;

  channel.addEventListener('message', ({ data }) => {
    if (data.kind === 'ask' && isFresh(current)) channel.postMessage({ kind: 'session', session: current });
    if (data.kind === 'session') keep(data.session);
    if (data.kind === 'signed-out') {
      if (data.ended !== 'session') ended = data.ended;
      forget();
    }
  });

  const askOtherTabs = (): Promise<void> =>
    new Promise((resolve) => {
      const settle = (): void => {
        listeners.delete(settle);
        resolve();
      };
      listeners.add(settle);
      setTimeout(settle, answerWithinMs);
      channel.postMessage({ kind: 'ask' });
    });

  const share = (session: Session): void => {
    mark.set();
    keep(session);
    channel.postMessage({ kind: 'session', session });
  };
  const leave = (): void => {
    mark.clear();
    forget();
    channel.postMessage({ kind: 'signed-out', ended });
  };

  const renewAlone = async (rejected: string | undefined): Promise<Session | undefined> => {
    const isUsable = (): boolean => isFresh(current) && current.token !== rejected;
    if (!current) await askOtherTabs();
    if (isUsable()) return current;
    const endingsBefore = endings;
    const session = await refresh();
    // Somebody signed out meanwhile: a token that was already on its way must not sign everybody in again.
    if (endings !== endingsBefore) return current;
    // Somebody signed in meanwhile in another tab: the old cookie's end is not the new session's.
    if (!session && isUsable()) return current;
    if (session) share(session);
    else leave();
    return session;
  };

  return {
    current: (): Session | undefined => current,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: (session: Session): void => {
      ended = 'session';
      share(session);
    },
    end: leave,
    /** How the session ended, or is about to: said before it is asked for, since another tab may find it out first. */
    ended: (): Ended => ended,
    willEnd: (how: Ended): void => {
      ended = how;
    },
    /** The person signs in elsewhere and comes back with a session that nothing here has heard of. */
    expect: mark.set,
    /** What the person has changed about themselves, for every tab. */
    update: (user: Session['user']): void => {
      if (current) share({ ...current, user });
    },
    /** The session with a token that still holds; `rejected` is a token the server has refused. */
    fresh: (rejected?: string): Promise<Session | undefined> => {
      if (isFresh(current) && current.token !== rejected) return Promise.resolve(current);
      if (!current && !mark.isSet()) return Promise.resolve(undefined);
      renewing ??= runAlone(() => renewAlone(rejected)).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
  };
};
export type SessionStore = ReturnType<typeof createSessionStore>;
