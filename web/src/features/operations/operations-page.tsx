import type { SignedInUser } from '@ims/contracts/auth/api';
import type { ProjectionList } from '@ims/contracts/operations/api';
import { useState } from 'react';
import { useOutletContext } from 'react-router';
import { useCommands } from '#app/commands.ts';
import { mayOperate } from '#app/places.ts';
import { DataState, ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { Icon } from '#ui/icons.tsx';
import { Menu } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import { AskedList } from './asked-list.tsx';
import { type Confirmation, ConfirmOperation } from './confirm-operation.tsx';
import { DeadLetterList } from './dead-letter-list.tsx';
import { summaryWords } from './operation-words.ts';
import styles from './operations-page.module.css';
import { type Act, actionsOnAll } from './projection-actions.ts';
import { Projections } from './projections.tsx';
import { type Rebuildable, RebuildDialog } from './rebuild-dialog.tsx';
import { StoppedAlert } from './stopped-alert.tsx';
import { useOperations } from './use-operations.ts';

type Operations = ReturnType<typeof useOperations>;

/** The actions of the page, and the dialog that one of them has opened. */
const useActs = (ask: Operations['ask']) => {
  const [confirmation, confirm] = useState<Confirmation>();
  const [rebuildable, rebuild] = useState<Rebuildable>();
  const act: Act = { ask, confirm, rebuild };
  const dialog = (
    <>
      {confirmation && <ConfirmOperation confirmation={confirmation} ask={ask} close={() => confirm(undefined)} />}
      {rebuildable && <RebuildDialog {...rebuildable} ask={ask} close={() => rebuild(undefined)} />}
    </>
  );
  return { act, dialog };
};

const Head = ({ list, act }: { readonly list: ProjectionList; readonly act: Act }) => (
  <div className={styles.head}>
    <div>
      <h1 className={styles.title}>Operations</h1>
      <p className={styles.summary}>
        {summaryWords(list.projections)}{' '}
        <span className={styles.quiet}>
          {list.head === null
            ? 'The position of the log is unknown.'
            : `The log is at position ${list.head}${(list.epoch ?? 1) > 1 ? `, life ${list.epoch}` : ''}.`}
        </span>
      </p>
    </div>
    <Popover
      has="menu"
      align="end"
      trigger={
        <>
          All projections <Icon name="down" />
        </>
      }
    >
      {(close) => <Menu label="All projections" close={close} groups={actionsOnAll(act)} />}
    </Popover>
  </div>
);

const Content = ({ operations, user }: { readonly operations: Operations; readonly user: SignedInUser }) => {
  const { list, letters, requests, ask } = operations;
  const { act, dialog } = useActs(ask);
  const isLate = useLongerThan(list.isPending);
  useCommands(
    (list.data?.projections ?? []).map(({ name, bySite }) => ({
      label: `Rebuild ${name}`,
      words: 'projection',
      run: () => act.rebuild({ projection: name, bySite }),
    })),
  );
  if (!list.data) {
    if (!list.error) return isLate ? <p className={styles.text}>Reading the projections.</p> : null;
    return (
      <ErrorState title="The projections could not be read" error={list.error} retry={() => void list.refetch()} />
    );
  }
  return (
    <>
      <Head list={list.data} act={act} />
      <StoppedAlert projections={list.data.projections} act={act} />
      <Projections projections={list.data.projections} act={act} />
      {letters.data && <DeadLetterList letters={letters.data} act={act} />}
      {requests.data && <AskedList requests={requests.data} userId={user.id} />}
      {dialog}
    </>
  );
};

const Watch = ({ user }: { readonly user: SignedInUser }) => <Content operations={useOperations()} user={user} />;

/** How the projections are, and what an operator can do about them. */
export const OperationsPage = () => {
  const user = useOutletContext<SignedInUser>();
  return (
    <div className={styles.page}>
      <title>Operations</title>
      {mayOperate(user) ? (
        <Watch user={user} />
      ) : (
        <DataState
          title="Your roles do not include Operations"
          text="An administrator of the system can give you the role operator."
        />
      )}
    </div>
  );
};
