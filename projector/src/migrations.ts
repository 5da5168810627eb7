import type { Migration } from '@ims/platform/database/migrate';
import { ensureSitePartition } from './schema/ensure-site-partition.ts';
import { projectorTables } from './schema/projectors.ts';
import { bookkeepingTables, readSchema } from './schema/read-schema.ts';
import { versionBookkeeping } from './schema/version-bookkeeping.ts';
import { invitedUsers } from './users/table.ts';
import { versionSchemas } from './versions/version-schema.ts';

const { interactions, statistics, suggestions, access, users } = versionSchemas;

/** Every step of the read schema, oldest first. Needs the service roles. */
export const readMigrations: readonly Migration[] = [
  { name: 'read-0001-schema', up: (run) => run(readSchema + bookkeepingTables + ensureSitePartition) },
  { name: 'read-0002-interactions', up: (run) => run(interactions.tables(1) + interactions.indexes(1)) },
  { name: 'read-0003-statistics', up: (run) => run(statistics.tables(1)) },
  { name: 'read-0004-suggestions', up: (run) => run(suggestions.tables(1) + suggestions.indexes(1)) },
  { name: 'read-0005-access', up: (run) => run(access.tables(1) + access.indexes(1)) },
  { name: 'read-0006-users', up: (run) => run(users.tables(1) + users.indexes(1)) },
  { name: 'read-0007-versions', up: (run) => run(versionBookkeeping) },
  { name: 'read-0008-projectors', up: (run) => run(projectorTables) },
  { name: 'read-0009-invited-users', up: (run) => run(invitedUsers) },
];
