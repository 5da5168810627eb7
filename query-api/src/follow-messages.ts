import type { CachedAccessReader } from '@ims/platform/identity/access';
import type { DisplayNames } from '@ims/platform/identity/display-names';
import type { Messages, ReadTablesChanged } from '@ims/platform/messages/messages';
import type { FastifyBaseLogger } from 'fastify';
import type { Changes } from './interactions/changes.ts';
import type { LiveChanges } from './interactions/live-changes.ts';
import type { KnownStates } from './known-states.ts';
import type { ReadYourWrites } from './read-your-writes.ts';

type Followers = {
  readonly access: CachedAccessReader;
  readonly names: DisplayNames;
  readonly known: KnownStates;
  readonly live: LiveChanges;
  readonly changes: Changes;
  readonly readYourWrites: ReadYourWrites;
  readonly logger: FastifyBaseLogger;
};

/** Whoever listens reads again at once, so what is known must be newer by then: it comes before. */
const tellListeners = (live: LiveChanges, { projection, siteId, generation, ids }: ReadTablesChanged): void => {
  if (siteId === null) {
    if (projection === 'interactions' || projection === 'statistics') live.lost(null);
    return;
  }
  if (projection === 'interactions') live.changed(siteId, { generation: BigInt(generation), ids });
  if (projection === 'statistics') live.counted(siteId, BigInt(generation));
};

/**
 * What this service does when read tables have changed. Each of it also happens without messages, only later; so after a
 * gap everything remembered is dropped. Returns how to stop.
 */
export const followMessages = (messages: Messages, followers: Followers): (() => void) => {
  const { access, names, known, live, changes, readYourWrites, logger } = followers;

  const recheck = (siteId: string | null): void => {
    access.forget();
    changes.recheck(siteId).catch((error: unknown) => {
      logger.warn({ err: error, operation: 'recheck live connections' }, 'Roles could not be read again');
    });
  };

  return messages.subscribe({
    changed: (change) => {
      known.announced(change);
      readYourWrites.wake();
      if (change.projection === 'access') recheck(change.siteId);
      if (change.projection === 'users') names.forget();
      tellListeners(live, change);
    },
    gap: () => {
      known.startOver();
      readYourWrites.wake();
      names.forget();
      live.lost(null);
      recheck(null);
    },
  });
};
