import { describe, expect, it, vi } from 'vitest';
import { givenPerson } from '../testing/given.ts';
import { createSessionStore, type Session, type SessionChannel } from './session.ts';

const now = Date.parse('2026-03-03T12:00:00Z');
const lasting = (token: string, minutes = 10): Session => ({
  token,
  expiresAt: new Date(now + minutes * 60_000).toISOString(),
  user: givenPerson,
  passwordExpired: false,
});

/** A browser: tabs that hear each other at once and share one lock. */
const givenBrowser = (refresh: () => Promise<Session | undefined>, mayBeSignedIn = true) => {
  const tabs = new Set<(event: { data: never }) => void>();
  let lock: Promise<unknown> = Promise.resolve();
  let isMarked = mayBeSignedIn;
  const mark = {
    isSet: () => isMarked,
    set: () => {
      isMarked = true;
    },
    clear: () => {
      isMarked = false;
    },
  };
  const openTab = () => {
    let own: ((event: { data: never }) => void) | undefined;
    const channel: SessionChannel = {
      postMessage: (data) => {
        for (const hear of tabs) if (hear !== own) hear({ data: data as never });
      },
      addEventListener: (_, listener) => {
        own = listener;
        tabs.add(own);
      },
    };
    const runAlone = <T>(work: () => Promise<T>): Promise<T> => {
      const done = lock.then(work);
      lock = done.catch(() => undefined);
      return done;
    };
    return createSessionStore({ refresh, channel, runAlone, answerWithinMs: 1, now: () => now, mark });
  };
  return { openTab };
};

describe('renewing the session', () => {
  it('happens once however many calls and tabs ask at the same time', async () => {
    const refresh = vi.fn(async () => lasting('new'));
    const { openTab } = givenBrowser(refresh);
    const [one, other] = [openTab(), openTab()];
    const sessions = await Promise.all([one.fresh(), one.fresh(), other.fresh()]);
    expect(sessions.map((session) => session?.token)).toEqual(['new', 'new', 'new']);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('is not needed in a new tab while another one has a token', async () => {
    const refresh = vi.fn(async () => lasting('unneeded'));
    const { openTab } = givenBrowser(refresh);
    openTab().start(lasting('shared'));
    await expect(openTab().fresh()).resolves.toMatchObject({ token: 'shared' });
    expect(refresh).not.toHaveBeenCalled();
  });

  it('replaces a token that the server refused, in every tab', async () => {
    const { openTab } = givenBrowser(async () => lasting('new'));
    const [one, other] = [openTab(), openTab()];
    one.start(lasting('revoked'));
    await one.fresh('revoked');
    expect(other.current()?.token).toBe('new');
  });

  it('comes before the token ends', async () => {
    const { openTab } = givenBrowser(async () => lasting('new'));
    const tab = openTab();
    tab.start(lasting('ending', 0.2));
    await expect(tab.fresh()).resolves.toMatchObject({ token: 'new' });
  });

  it('leaves the session as it is when the server cannot be reached', async () => {
    const { openTab } = givenBrowser(async () => {
      throw new Error('offline');
    });
    const tab = openTab();
    tab.start(lasting('kept', 0.2));
    await expect(tab.fresh()).rejects.toThrow('offline');
    expect(tab.current()?.token).toBe('kept');
  });

  it('signs nobody in again who signed out while it was under way', async () => {
    let answer = (_session: Session): void => undefined;
    const refresh = vi.fn(
      () =>
        new Promise<Session>((resolve) => {
          answer = resolve;
        }),
    );
    const { openTab } = givenBrowser(refresh);
    const [one, other] = [openTab(), openTab()];
    one.start(lasting('ending', 0.2));
    const renewing = other.fresh();
    await vi.waitFor(() => expect(refresh).toHaveBeenCalled());
    one.end();
    answer(lasting('late'));
    await expect(renewing).resolves.toBeUndefined();
    expect([one.current(), other.current()]).toEqual([undefined, undefined]);
  });

  it('signs every tab out when nobody is signed in any more', async () => {
    const { openTab } = givenBrowser(async () => undefined);
    const [one, other] = [openTab(), openTab()];
    one.start(lasting('ended', 0.2));
    await expect(one.fresh()).resolves.toBeUndefined();
    expect(other.current()).toBeUndefined();
  });

  it('leaves a new sign-in alone that another tab made while the old session was found ended', async () => {
    let answer = (_session: undefined): void => undefined;
    const refresh = vi.fn(
      () =>
        new Promise<undefined>((resolve) => {
          answer = resolve;
        }),
    );
    const { openTab } = givenBrowser(refresh);
    const [one, other] = [openTab(), openTab()];
    const renewing = one.fresh();
    await vi.waitFor(() => expect(refresh).toHaveBeenCalled());
    other.start(lasting('new'));
    answer(undefined);
    await expect(renewing).resolves.toMatchObject({ token: 'new' });
    expect(other.current()?.token).toBe('new');
  });
});

describe('somebody who comes for the first time', () => {
  it('is not looked up on the server', async () => {
    const refresh = vi.fn(async () => undefined);
    await expect(givenBrowser(refresh, false).openTab().fresh()).resolves.toBeUndefined();
    expect(refresh).not.toHaveBeenCalled();
  });

  it('is looked up after having left for another issuer', async () => {
    const { openTab } = givenBrowser(async () => lasting('external'), false);
    openTab().expect();
    await expect(openTab().fresh()).resolves.toMatchObject({ token: 'external' });
  });

  it('is looked up no more after having signed out, or after the session was found ended', async () => {
    const refresh = vi.fn(async () => undefined);
    const { openTab } = givenBrowser(refresh);
    await openTab().fresh();
    await openTab().fresh();
    expect(refresh).toHaveBeenCalledTimes(1);
    openTab().start(lasting('held'));
    openTab().end();
    await openTab().fresh();
    expect(refresh).toHaveBeenCalledTimes(1);
  });
});

describe('what a person changes about themselves', () => {
  it('is known to every tab', () => {
    const { openTab } = givenBrowser(async () => undefined);
    const [one, other] = [openTab(), openTab()];
    one.start(lasting('held'));
    one.update({ ...givenPerson, displayName: 'Elias E.' });
    expect(other.current()?.user.displayName).toBe('Elias E.');
  });
});

describe('signing out everywhere', () => {
  it('is what every tab says, also where another tab finds out first', async () => {
    const { openTab } = givenBrowser(async () => undefined);
    const [one, other] = [openTab(), openTab()];
    one.start(lasting('held'));
    one.willEnd('everywhere');
    await other.fresh('held');
    expect(one.current()).toBeUndefined();
    one.end();
    expect([one.ended(), other.ended()]).toEqual(['everywhere', 'everywhere']);
    other.start(lasting('again'));
    expect(other.ended()).toBe('session');
  });
});
