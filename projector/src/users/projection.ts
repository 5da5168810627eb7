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
  /** Asked by mail and not registered yet: there is an address and nothing else. */
  readonly invited: boolean;
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
    invited: 'bool',
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
      invited: false,
      default_site_id: null,
      revision,
    }),
    UserInvited: (_row, { stream, revision, data: { email } }) => ({
      user_id: streamId(stream),
      username: '',
      email,
      display_name: email,
      timezone: 'UTC',
      active: false,
      invited: true,
      default_site_id: null,
      revision,
    }),
    UserInvitationWithdrawn: () => undefined,
    UserUpdated: (row, { revision, data: { displayName, ...changed } }) =>
      row && withChanges(row, { ...changed, display_name: displayName, revision }),
    UserDeactivated: (row, { revision }) => row && { ...row, active: false, revision },
    UserReactivated: (row, { revision }) => row && { ...row, active: true, revision },
    UserDefaultSiteChosen: (row, { data, revision }) => row && { ...row, default_site_id: data.siteId, revision },
    UserPasswordChanged: (row, { revision }) => row && { ...row, revision },
    UserExternalIdentityLinked: (row, { revision }) => row && { ...row, revision },
  },
});

/** A table of its own: a day's security events lose their key long before the people in them do. */
type SignInRow = {
  readonly user_id: string;
  readonly last_sign_in_at: string | null;
  readonly locked_until: string | null;
};

const signInRows = rowTable<SignInRow>({
  name: 'user_sign_ins',
  columns: { user_id: 'uuid', last_sign_in_at: 'timestamptz', locked_until: 'timestamptz' },
  key: ['user_id'],
  keyOf: ({ data }) => {
    if (!('userId' in data) || data.userId === null) throw new Error('A sign-in belongs to a user');
    return { user_id: data.userId };
  },
  holdsContent: false,
  isPartitioned: false,
  on: {
    SignInSucceeded: (row, { data: { userId }, metadata }) => ({
      user_id: userId,
      last_sign_in_at: metadata.occurredAt,
      locked_until: row?.locked_until ?? null,
    }),
    AccountLocked: (row, { data: { userId, until } }) => ({
      user_id: userId,
      last_sign_in_at: row?.last_sign_in_at ?? null,
      locked_until: until,
    }),
    AccountUnlocked: (row) => row && { ...row, locked_until: null },
  },
});

/** People: names and addresses, for showing and for finding them, and when they signed in. */
export const users: Projection = { name: 'users', version: 1, tables: [userRows, signInRows] };
