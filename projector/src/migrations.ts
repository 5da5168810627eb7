import type { Migration } from '@ims/platform/database/migrate';
import { accessTables } from './access/table.ts';
import { interactionSearch } from './interactions/search-function.ts';
import { interactionsTable } from './interactions/table.ts';
import { ensureSitePartition } from './schema/ensure-site-partition.ts';
import { bookkeepingTables, readSchema } from './schema/read-schema.ts';
import { versionBookkeeping } from './schema/version-bookkeeping.ts';
import { statisticsTables } from './statistics/table.ts';
import { suggestionTables } from './suggestions/table.ts';
import { usersTable } from './users/table.ts';

/** Every step of the read schema, oldest first. Needs the service roles. */
export const readMigrations: readonly Migration[] = [
  { name: 'read-0001-schema', up: (run) => run(readSchema + bookkeepingTables + ensureSitePartition) },
  { name: 'read-0002-interactions', up: (run) => run(interactionsTable(1) + interactionSearch(1)) },
  { name: 'read-0003-statistics', up: (run) => run(statisticsTables(1)) },
  { name: 'read-0004-suggestions', up: (run) => run(suggestionTables(1)) },
  { name: 'read-0005-access', up: (run) => run(accessTables(1)) },
  { name: 'read-0006-users', up: (run) => run(usersTable(1)) },
  { name: 'read-0007-versions', up: (run) => run(versionBookkeeping) },
];
