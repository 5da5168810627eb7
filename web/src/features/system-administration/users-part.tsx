import type { User } from '@ims/contracts/users/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { listUsers } from '#api/users.ts';
import { useCommands } from '#app/commands.ts';
import { Button, ButtonLink } from '#ui/button.tsx';
import { DataState, ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { formatNumber } from '#ui/date-words.ts';
import { ListSearch } from '#ui/list-search.tsx';
import listing from '#ui/listing.module.css';
import { announce } from '#ui/notices.ts';
import { paths } from '../../paths.ts';
import { ListWithPanel } from './beside-list.tsx';
import styles from './system-page.module.css';
import { UserList } from './user-list.tsx';

const pauseMs = 300;
/** A lock ends by itself, and others administer users too. */
const lookAgainMs = 30_000;

/** The search as it stands in the address, which follows the typing after a pause. */
const useTypedSearch = () => {
  const [parameters, setParameters] = useSearchParams();
  const searched = parameters.get('search') ?? '';
  const [typed, setTyped] = useState(searched);
  useEffect(() => {
    if (typed.trim() === searched) return;
    const timer = setTimeout(
      () => setParameters(typed.trim() ? { search: typed.trim() } : {}, { replace: true }),
      pauseMs,
    );
    return () => clearTimeout(timer);
  }, [typed, searched, setParameters]);
  return { searched, typed, setTyped };
};

const countWords = (users: readonly User[], hasMore: boolean): string => {
  const count = formatNumber(users.length);
  if (hasMore) return `The first ${count}`;
  return `${count} ${users.length === 1 ? 'user' : 'users'}`;
};

const useFoundUsers = (searched: string) => {
  const found = useInfiniteQuery({ ...listUsers(useDeferredValue(searched)), refetchInterval: lookAgainMs });
  const users = found.data?.pages.flatMap((page) => page.users);
  return { ...found, users };
};

type FoundProps = {
  readonly found: ReturnType<typeof useFoundUsers>;
  readonly typed: string;
  readonly clear: () => void;
};

const Found = ({ found, typed, clear }: FoundProps) => {
  const { users, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = found;
  const isLate = useLongerThan(isPending);
  if (!users) {
    if (error) return <ErrorState title="The users could not be read" error={error} retry={() => void refetch()} />;
    return isLate ? <p className={styles.text}>Reading the users.</p> : null;
  }
  if (users.length === 0)
    return (
      <DataState title={`Nobody is called “${typed.trim()}”`} text="Look for a name, a username or an e-mail address.">
        <Button onClick={clear}>Show all users</Button>
      </DataState>
    );
  return (
    <>
      <UserList users={users} />
      {hasNextPage && (
        <div className={listing.more}>
          <Button aria-disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
};

/** Everybody who can sign in or has been invited, and one of them beside the list. */
export const UsersPart = () => {
  const navigate = useNavigate();
  const isOpen = useLocation().pathname !== paths.users;
  const { searched, typed, setTyped } = useTypedSearch();
  const found = useFoundUsers(searched);
  const { users, hasNextPage, isPlaceholderData } = found;
  const count = users && !isPlaceholderData ? countWords(users, hasNextPage) : '';
  useEffect(() => {
    if (searched && count) announce(count);
  }, [searched, count]);
  const openNew = (): void => void navigate(paths.newUser);
  useCommands([{ label: 'New user', words: 'add person account', keys: 'n', run: openNew }]);
  return (
    <ListWithPanel address={paths.users} openNew={openNew}>
      <title>Users · System</title>
      <div className={listing.tools}>
        <ListSearch label="Search users" value={typed} change={setTyped} leave={() => focusFirstRow()} />
        <span className={listing.count}>{count}</span>
        <ButtonLink
          kind={isOpen ? 'plain' : 'primary'}
          className={listing.push}
          to={paths.newUser}
          aria-keyshortcuts="n"
        >
          New user
        </ButtonLink>
      </div>
      <Found found={found} typed={searched} clear={() => setTyped('')} />
    </ListWithPanel>
  );
};

const focusFirstRow = (): void => document.querySelector<HTMLElement>('a[data-row]')?.focus();
