import type { User } from '@ims/contracts/users/api';
import { Link, useLocation } from 'react-router';
import { agoWords } from '#ui/ago-words.ts';
import { formatInstant } from '#ui/date-words.ts';
import { ListItem } from '#ui/list-item.tsx';
import styles from '#ui/listing.module.css';
import { useScreen } from '#ui/screen.ts';
import { StateWord } from '#ui/state-word.tsx';
import { Table } from '#ui/table.tsx';
import { paths } from '../../paths.ts';
import { nameOf, stateOf, systemRoleWords } from './user-words.ts';

type UserListProps = { readonly users: readonly User[] };

const rolesOf = ({ systemRoles }: User): string => systemRoles.map((role) => systemRoleWords[role].label).join(', ');

const SignedIn = ({ user: { lastSignInAt } }: { readonly user: User }) =>
  lastSignInAt && (
    <time dateTime={lastSignInAt} title={formatInstant(lastSignInAt)}>
      {agoWords(lastSignInAt)}
    </time>
  );

const Opens = ({ user }: { readonly user: User }) => {
  const { search } = useLocation();
  return (
    <Link className={styles.opens} to={paths.user(user.id) + search} data-row={user.id}>
      {nameOf(user)}
    </Link>
  );
};

const columns = ['Name', 'Username', 'E-mail', 'System roles', 'Last signed in', 'State'];
const wideOnly: readonly string[] = ['E-mail', 'Last signed in'];

const UserTable = ({
  users,
  isNarrow,
  openId,
}: UserListProps & { readonly isNarrow: boolean; readonly openId: string }) => (
  <Table
    caption="Users"
    columns={columns.filter((name) => !isNarrow || !wideOnly.includes(name))}
    className={styles.table}
  >
    <tbody>
      {users.map((user) => (
        <tr key={user.id} data-open={user.id === openId}>
          <th scope="row">
            <Opens user={user} />
          </th>
          <td>{user.username}</td>
          {!isNarrow && <td>{user.email}</td>}
          <td>{rolesOf(user)}</td>
          {!isNarrow && (
            <td className={styles.whole}>
              <SignedIn user={user} />
            </td>
          )}
          <td className={styles.whole}>
            <StateWord {...stateOf(user)} />
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
);

/** The users: a table, narrower while one of them is open beside it; on a phone a list. */
export const UserList = ({ users }: UserListProps) => {
  const screen = useScreen();
  const { pathname } = useLocation();
  const isOpen = pathname !== paths.users;
  if (screen !== 'phone')
    return (
      <UserTable users={users} isNarrow={isOpen || screen === 'tablet'} openId={pathname.split('/').at(-1) ?? ''} />
    );
  return (
    <ul className={styles.list} aria-label="Users">
      {users.map((user) => (
        <ListItem key={user.id} name={<Opens user={user} />} state={<StateWord {...stateOf(user)} />}>
          <span className={styles.aside}>
            {[user.username, user.email].filter((one) => one && one !== nameOf(user)).join(' · ')}
          </span>
          {user.systemRoles.length > 0 && <span className={styles.aside}>{rolesOf(user)}</span>}
        </ListItem>
      ))}
    </ul>
  );
};
