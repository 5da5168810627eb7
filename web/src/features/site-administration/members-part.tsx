import type { SiteRole } from '@ims/contracts/permissions';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { members as membersOf, type SiteMember } from '#api/members.ts';
import { useCommands } from '#app/commands.ts';
import { mayAdministerSystem } from '#app/places.ts';
import { Button } from '#ui/button.tsx';
import { DataState, ErrorState, useLongerThan } from '#ui/data-state.tsx';
import { formatNumber } from '#ui/date-words.ts';
import { ListSearch } from '#ui/list-search.tsx';
import listing from '#ui/listing.module.css';
import { announce } from '#ui/notices.ts';
import { useShortcuts } from '#ui/shortcuts.ts';
import { AddMember } from './add-member.tsx';
import styles from './administration-page.module.css';
import { useAdministered } from './administration-page.tsx';
import { MemberList } from './member-list.tsx';
import { type MemberQuestion, MemberQuestionDialog } from './member-questions.tsx';
import { findMembers } from './member-words.ts';
import { useMembers } from './use-members.ts';

const searchFrom = 10;

const countWords = (found: number, all: number): string => {
  const people = `${formatNumber(all)} ${all === 1 ? 'member' : 'members'}`;
  return found === all ? people : `${formatNumber(found)} of ${people}`;
};

/** The rows and what is asked back about one of them. */
const Listed = ({ members }: { readonly members: readonly SiteMember[] }) => {
  const { site, user } = useAdministered();
  const { refusals, changeRole, remove, sendAgain } = useMembers(site.id, user.id);
  const [question, ask] = useState<MemberQuestion>();
  const choose = (member: SiteMember, role: SiteRole): void => {
    if (member.id === user.id) ask({ kind: 'own-role', member, role });
    else changeRole({ member, role });
  };
  const run = (): void => {
    if (question?.kind === 'remove') remove(question.member);
    if (question?.kind === 'own-role') changeRole(question);
  };
  return (
    <>
      <MemberList
        members={members}
        ownId={user.id}
        refusals={refusals}
        changeRole={choose}
        remove={(member) => ask({ kind: 'remove', member })}
        sendAgain={(member) => sendAgain.mutate(member)}
      />
      {question && (
        <MemberQuestionDialog
          question={question}
          siteName={site.name}
          ownId={user.id}
          staysAdministrator={mayAdministerSystem(user)}
          run={run}
          close={() => ask(undefined)}
        />
      )}
    </>
  );
};

const Found = ({ all, typed, clear }: { readonly all: readonly SiteMember[]; typed: string; clear: () => void }) => {
  const found = findMembers(all, typed);
  useEffect(() => {
    if (typed) announce(countWords(found.length, all.length));
  }, [typed, found.length, all.length]);
  if (found.length === 0)
    return (
      <DataState title={`Nobody here is called “${typed}”`} text="Look for a name, a username or an e-mail address.">
        <Button onClick={clear}>Show all members</Button>
      </DataState>
    );
  return <Listed members={found} />;
};

/** Who has a role on the site. */
export const MembersPart = () => {
  const { site } = useAdministered();
  const { data: members, error, isPending, refetch } = useQuery(membersOf(site.id));
  const [typed, setTyped] = useState('');
  const [isAdding, setAdding] = useState(false);
  const isLate = useLongerThan(isPending);
  const search = useRef<HTMLInputElement>(null);
  const adder = useRef<HTMLButtonElement>(null);
  const add = (): void => setAdding(true);
  const closeAdding = (): void => {
    setAdding(false);
    requestAnimationFrame(() => adder.current?.focus());
  };
  useShortcuts({ '/': () => search.current?.select(), n: add });
  useCommands([{ label: 'Add member', words: 'invite person role', keys: 'n', run: add }]);
  if (!members) {
    if (error) return <ErrorState title="The members could not be read" error={error} retry={() => void refetch()} />;
    return isLate ? <p className={styles.text}>Reading the members.</p> : null;
  }
  const hasSearch = members.length > searchFrom || typed !== '';
  return (
    <section aria-label="Members">
      {isAdding && <AddMember siteId={site.id} known={members} close={closeAdding} />}
      <div className={listing.tools}>
        {hasSearch && <ListSearch ref={search} label="Search members" value={typed} change={setTyped} />}
        <span className={listing.count}>{countWords(findMembers(members, typed).length, members.length)}</span>
        {!isAdding && (
          <Button ref={adder} kind="primary" className={listing.push} aria-keyshortcuts="n" onClick={add}>
            Add member
          </Button>
        )}
      </div>
      <Found all={members} typed={typed} clear={() => setTyped('')} />
    </section>
  );
};
