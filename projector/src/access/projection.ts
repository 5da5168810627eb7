import { streamId } from '@ims/contracts/ids';
import type { SiteRole, SystemRole } from '@ims/contracts/permissions';
import type { SiteSettings } from '@ims/contracts/sites/settings';
import { type Key, type ProjectedEvent, type Projection, rowTable } from '../runner/projection.ts';
import { withChanges } from '../runner/with-changes.ts';

type SiteRow = {
  readonly site_id: string;
  readonly name: string;
  readonly description: string;
  readonly active: boolean;
  readonly settings: SiteSettings;
  readonly interaction_types: readonly string[];
  readonly retired_types: readonly string[];
  readonly revision: number;
};

const sites = rowTable<SiteRow>({
  name: 'sites',
  columns: {
    site_id: 'uuid',
    name: 'text',
    description: 'text',
    active: 'bool',
    settings: 'jsonb',
    interaction_types: 'text[]',
    retired_types: 'text[]',
    revision: 'int',
  },
  key: ['site_id'],
  keyOf: ({ stream }) => ({ site_id: streamId(stream) }),
  holdsContent: false,
  isPartitioned: false,
  on: {
    SiteCreated: (_row, { data, stream, revision }) => ({
      site_id: streamId(stream),
      name: data.name,
      description: data.description,
      active: true,
      settings: data.settings,
      interaction_types: data.interactionTypes,
      retired_types: [],
      revision,
    }),
    SiteUpdated: (row, { data, revision }) => row && withChanges(row, { ...data, revision }),
    SiteSettingsChanged: (row, { data, revision }) =>
      row && { ...row, settings: withChanges(row.settings, data), revision },
    SiteInteractionTypesChanged: (row, { data, revision }) =>
      row && { ...row, interaction_types: data.interactionTypes, retired_types: data.retired, revision },
    SiteDeactivated: (row, { revision }) => row && { ...row, active: false, revision },
    SiteReactivated: (row, { revision }) => row && { ...row, active: true, revision },
    SiteMemberRoleGranted: (row, { revision }) => row && { ...row, revision },
    SiteMemberRoleRevoked: (row, { revision }) => row && { ...row, revision },
    SiteMemberInvited: (row, { revision }) => row && { ...row, revision },
  },
});

type MemberRow = {
  readonly site_id: string;
  readonly user_id: string;
  readonly role: SiteRole;
  readonly revision: number;
};

const memberKey = ({ stream, data }: ProjectedEvent): Key => {
  if (!('userId' in data) || data.userId === null) throw new Error('A membership belongs to a user');
  return { site_id: streamId(stream), user_id: data.userId };
};

const members = rowTable<MemberRow>({
  name: 'site_members',
  columns: { site_id: 'uuid', user_id: 'uuid', role: 'text', revision: 'int' },
  key: ['site_id', 'user_id'],
  keyOf: memberKey,
  holdsContent: false,
  isPartitioned: false,
  on: {
    SiteMemberRoleGranted: (_row, { stream, data, revision }) => ({
      site_id: streamId(stream),
      user_id: data.userId,
      role: data.role,
      revision,
    }),
    SiteMemberRoleRevoked: () => undefined,
  },
});

/** Two streams meet in this row, the user's own and `system`; there is no revision that would be both's. */
type AccessUserRow = {
  readonly user_id: string;
  readonly active: boolean;
  readonly system_roles: readonly SystemRole[];
};

const accessUsers = rowTable<AccessUserRow>({
  name: 'access_users',
  columns: { user_id: 'uuid', active: 'bool', system_roles: 'text[]' },
  key: ['user_id'],
  keyOf: ({ stream, data }) => ({ user_id: ('userId' in data ? data.userId : null) ?? streamId(stream) }),
  // No content: somebody whose name was erased still may or may not do things.
  holdsContent: false,
  isPartitioned: false,
  on: {
    UserRegistered: (row, { stream }) => row ?? { user_id: streamId(stream), active: true, system_roles: [] },
    UserDeactivated: (row) => row && { ...row, active: false },
    UserReactivated: (row) => row && { ...row, active: true },
    SystemRoleGranted: (row, { data }) => {
      const { active = true, system_roles = [] } = row ?? {};
      return { user_id: data.userId, active, system_roles: [...new Set([...system_roles, data.role])].sort() };
    },
    SystemRoleRevoked: (row, { data }) =>
      row && { ...row, system_roles: row.system_roles.filter((role) => role !== data.role) },
  },
});

/** Sites and their settings, who has which role on them, and who may do what everywhere. */
export const access: Projection = { name: 'access', version: 1, tables: [sites, members, accessUsers] };
