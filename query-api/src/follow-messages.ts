import type { CachedAccessReader } from '@ims/platform/identity/access';
import type { DisplayNames } from '@ims/platform/identity/display-names';
import type { Messages } from '@ims/platform/messages/messages';
import type { FastifyBaseLogger } from 'fastify';
import type { Changes } from './interactions/changes.ts';
import type { LiveChanges } from './interactions/live-changes.ts';
import type { ReadYourWrites } from './read-your-writes.ts';

type Followers = {
  readonly access: CachedAccessReader;
  readonly names: DisplayNames;
  readonly live: LiveChanges;
  readonly changes: Changes;
  readonly readYourWrites: ReadYourWrites;
  readonly logger: FastifyBaseLogger;
};

/**
 * What this service does when read tables have changed. Each of it also happens without messages, only later; so after a
 * gap everything remembered is dropped. Returns how to stop.
 */
export const followMessages = (messages: Messages, followers: Followers): (() => void) => {
  const { access, names, live, changes, readYourWrites, logger } = followers;

  const recheck = (siteId: string | null): void => {
    access.forget();
    changes.recheck(siteId).catch((error: unknown) => {
      logger.warn({ err: error, operation: 'recheck live connections' }, 'Roles could not be read again');
    });
  };

  return messages.subscribe({
    changed: ({ projection, siteId, generation, ids }) => {
      readYourWrites.wake();
      if (projection === 'access') recheck(siteId);
      if (projection === 'users') names.forget();
      if (projection !== 'interactions') return;
      if (siteId === null) live.lost(null);
      else live.changed(siteId, { generation: BigInt(generation), ids });
    },
    gap: () => {
      readYourWrites.wake();
      names.forget();
      live.lost(null);
      recheck(null);
    },
  });
};
