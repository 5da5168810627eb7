/**
 * Names of all migrations, in their order. They stand in the workspaces that own the tables, which do not know each
 * other; here every service finds what the whole database must have. A test compares both.
 */
export const expectedSchema: readonly { readonly name: string }[] = [
  '0001-event-log',
  'operations-0001-requests',
  'operations-0002-findings',
  'security-0001-inbox',
  'write-0001-write-side',
  'write-0002-identity',
  'write-0003-invitations-and-identities',
  'read-0001-schema',
  'read-0002-interactions',
  'read-0003-statistics',
  'read-0004-suggestions',
  'read-0005-access',
  'read-0006-users',
  'read-0007-versions',
  'read-0008-projectors',
  'read-0009-invited-users',
].map((name) => ({ name }));
