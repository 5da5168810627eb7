import type { SignedIn } from '@ims/contracts/auth/api';

export type Session = SignedIn;

type Message = { kind: 'session'; session: Session } | { kind: 'signed-out' } | { kind: 'ask' };
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
};

const secondsToSpare = 30;

/**
 * Who is signed in. The token lives in memory alone; tabs share it through the channel, so that a browser renews
 * once however many tabs it has (a refresh cookie used twice would end the session).
 */
export const createSessionStore = ({ refresh, channel, runAlone, answerWithinMs, now }: SessionParts) => {
  let current: Session | undefined;
  let renewing: Promise<Session | undefined> | undefined;
  let endings = 0;
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
    if (data.kind === 'signed-out') forget();
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

  const renewAlone = async (rejected: string | undefined): Promise<Session | undefined> => {
    const isUsable = (): boolean => isFresh(current) && current.token !== rejected;
    if (!current) await askOtherTabs();
    if (isUsable()) return current;
    const endingsBefore = endings;
    const session = await refresh();
    // Somebody signed out meanwhile: a token that was already on its way must not sign everybody in again.
    if (endings !== endingsBefore) return current;
    keep(session);
    channel.postMessage(session ? { kind: 'session', session } : { kind: 'signed-out' });
    return session;
  };

  return {
    current: (): Session | undefined => current,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: (session: Session): void => {
      keep(session);
      channel.postMessage({ kind: 'session', session });
    },
    end: (): void => {
      forget();
      channel.postMessage({ kind: 'signed-out' });
    },
    /** The session with a token that still holds; `rejected` is a token the server has refused. */
    fresh: (rejected?: string): Promise<Session | undefined> => {
      if (isFresh(current) && current.token !== rejected) return Promise.resolve(current);
      renewing ??= runAlone(() => renewAlone(rejected)).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
  };
};
export type SessionStore = ReturnType<typeof createSessionStore>;
