import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteMember } from '#api/members.ts';
import { Button } from '#ui/button.tsx';
import { ListItem } from '#ui/list-item.tsx';
import styles from '#ui/listing.module.css';
import { Refusal } from '#ui/refusal.tsx';
import { useScreen } from '#ui/screen.ts';
import { StateWord } from '#ui/state-word.tsx';
import { Table } from '#ui/table.tsx';
import { nameOf, stateOf } from './member-words.ts';
import { RoleChoice } from './role-choice.tsx';

export type MemberListProps = {
  readonly members: readonly SiteMember[];
  readonly ownId: string;
  readonly refusals: Readonly<Record<string, string>>;
  readonly changeRole: (member: SiteMember, role: SiteRole) => void;
  readonly remove: (member: SiteMember) => void;
  readonly sendAgain: (member: SiteMember) => void;
};
type RowProps = Omit<MemberListProps, 'members'> & { readonly member: SiteMember };

const Name = ({ member, ownId }: Pick<RowProps, 'member' | 'ownId'>) => (
  <>
    <span className={styles.name}>{nameOf(member)}</span>
    {member.id === ownId && <span className={styles.aside}> (you)</span>}
  </>
);

const Role = ({ member, changeRole, refusals }: RowProps) => (
  <>
    <RoleChoice whose={nameOf(member)} role={member.role} choose={(role) => changeRole(member, role)} />
    {refusals[member.id] && <Refusal text={refusals[member.id] ?? ''} />}
  </>
);

const Actions = ({ member, sendAgain, remove }: RowProps) => (
  <>
    {member.invited && (
      <Button kind="quiet" aria-label={`Send again: invitation of ${nameOf(member)}`} onClick={() => sendAgain(member)}>
        Send again
      </Button>
    )}
    <Button kind="quiet" aria-label={`Remove ${nameOf(member)}`} onClick={() => remove(member)}>
      Remove
    </Button>
  </>
);

const Row = (props: RowProps) => {
  const { member } = props;
  return (
    <tr>
      <th scope="row">
        <Name {...props} />
      </th>
      <td>{member.email}</td>
      <td>
        <Role {...props} />
      </td>
      <td className={styles.whole}>
        <StateWord {...stateOf(member)} />
      </td>
      <td className={styles.actions}>
        <Actions {...props} />
      </td>
    </tr>
  );
};

const Item = (props: RowProps) => {
  const { member } = props;
  return (
    <ListItem
      name={
        <span>
          <Name {...props} />
        </span>
      }
      state={<StateWord {...stateOf(member)} />}
    >
      {nameOf(member) !== member.email && <span className={styles.aside}>{member.email}</span>}
      <div className={styles.line}>
        <Role {...props} />
        <span>
          <Actions {...props} />
        </span>
      </div>
    </ListItem>
  );
};

/** Who has a role here, with what can be done about each: a table, on a phone a list. */
export const MemberList = ({ members, ...rest }: MemberListProps) => {
  const isPhone = useScreen() === 'phone';
  if (isPhone)
    return (
      <ul className={styles.list} aria-label="Members">
        {members.map((member) => (
          <Item key={member.id} member={member} {...rest} />
        ))}
      </ul>
    );
  return (
    <Table caption="Members" columns={['Name', 'E-mail', 'Role', 'State']} hasActions className={styles.table}>
      <tbody>
        {members.map((member) => (
          <Row key={member.id} member={member} {...rest} />
        ))}
      </tbody>
    </Table>
  );
};
