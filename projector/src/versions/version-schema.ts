import { accessIndexes, accessTables } from '../access/table.ts';
import { interactionSearch, interactionSearchFunctions } from '../interactions/search-function.ts';
import { interactionsIndexes, interactionsTable } from '../interactions/table.ts';
import { statisticsTables } from '../statistics/table.ts';
import { suggestionIndexes, suggestionTables } from '../suggestions/table.ts';
import { userIndexes, usersTable } from '../users/table.ts';

/** The SQL of one version of a projection's tables: the migrations make version 1 of it, rebuilds every other. */
export type VersionSchema = {
  /** Tables with their primary keys, row-level security and rights, and the functions over them. */
  tables(version: number): string;
  /** The other indexes; a rebuild makes them when the rows are there. */
  indexes(version: number): string;
  /** Takes away all of it; safe to repeat. */
  drop(version: number): string;
};

const dropTables =
  (...tables: readonly string[]) =>
  (version: number): string =>
    `drop table if exists ${tables.map((table) => `read.${table}_v${version}`).join(', ')};`;

const none = (): string => '';

export const versionSchemas = {
  interactions: {
    tables: (version) => interactionsTable(version) + interactionSearch(version),
    indexes: interactionsIndexes,
    drop: (version) => `
      drop function if exists ${interactionSearchFunctions.map((name) => `read.${name}_v${version}`).join(', ')};
      drop table if exists read.interactions_v${version};
      drop function if exists read.interaction_words_v${version};`,
  },
  statistics: {
    tables: statisticsTables,
    indexes: none,
    drop: dropTables('interaction_facts', 'interaction_counts'),
  },
  suggestions: {
    tables: suggestionTables,
    indexes: suggestionIndexes,
    drop: dropTables('interaction_suggestion_facts', 'interaction_suggestions'),
  },
  access: {
    tables: accessTables,
    indexes: accessIndexes,
    drop: dropTables('sites', 'site_members', 'access_users'),
  },
  users: { tables: usersTable, indexes: userIndexes, drop: dropTables('users', 'user_sign_ins') },
} as const satisfies Readonly<Record<string, VersionSchema>>;

/** Nothing for a projection that IMS does not know. */
export const versionSchemaOf = (name: string): VersionSchema | undefined =>
  (versionSchemas as Readonly<Record<string, VersionSchema>>)[name];
