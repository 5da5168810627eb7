import { streamId } from '@ims/contracts/ids';
import { type Projection, rowTable } from '../runner/projection.ts';
import { withChanges } from '../runner/with-changes.ts';

type UserRow = {
  readonly user_id: string;
  readonly username: string;
  readonly email: string;
  readonly display_name: string;
  readonly timezone: string;
  readonly active: boolean;
  readonly default_site_id: string | null;
  readonly revision: number;
};

const userRows = rowTable<UserRow>({
  name: 'users',
  columns: {
    user_id: 'uuid',
    username: 'text',
    email: 'text',
    display_name: 'text',
    timezone: 'text',
    active: 'bool',
    default_site_id: 'uuid',
    revision: 'int',
  },
  key: ['user_id'],
  keyOf: ({ stream }) => ({ user_id: streamId(stream) }),
  holdsContent: true,
  isPartitioned: false,
  on: {
    UserRegistered: (_row, { stream, revision, data: { displayName, username, email, timezone } }) => ({
      user_id: streamId(stream),
      username,
      email,
      display_name: displayName,
      timezone,
      active: true,
      default_site_id: null,
      revision,
    }),
    UserUpdated: (row, { revision, data: { displayName, ...changed } }) =>
      row && withChanges(row, { ...changed, display_name: displayName, revision }),
    UserDeactivated: (row, { revision }) => row && { ...row, active: false, revision },
    UserReactivated: (row, { revision }) => row && { ...row, active: true, revision },
    UserDefaultSiteChosen: (row, { data, revision }) => row && { ...row, default_site_id: data.siteId, revision },
    UserPasswordChanged: (row, { revision }) => row && { ...row, revision },
  },
});

/** People: names and addresses, for showing and for finding them. */
export const users: Projection = { name: 'users', version: 1, tables: [userRows] };
