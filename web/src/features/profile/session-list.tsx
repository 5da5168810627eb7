import type { OwnSession } from '@ims/contracts/auth/sessions';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { endOwnSession, ownSessions, signOutEverywhere } from '#api/profile.ts';
import { readRefused } from '#features/passwords/refused-form.ts';
import { agoWords } from '#ui/ago-words.ts';
import { Button } from '#ui/button.tsx';
import { ErrorState } from '#ui/data-state.tsx';
import { formatInstant } from '#ui/date-words.ts';
import { Dialog } from '#ui/dialog.tsx';
import { announce } from '#ui/notices.ts';
import { FormProblem } from '#ui/stacked-form.tsx';
import styles from './profile.module.css';

const nameOf = ({ browser, system }: OwnSession): string =>
  [browser, system].filter(Boolean).join(' on ') || 'Unknown browser';

type RowProps = { readonly session: OwnSession; readonly isEnding: boolean; readonly end: () => void };

const Row = ({ session, isEnding, end }: RowProps) => {
  const { current, createdAt, lastUsedAt } = session;
  return (
    <li className={styles.session}>
      <div>
        <span className={styles.device}>{nameOf(session)}</span>
        {current && <span className={styles.mark}>This one</span>}
        <div className={styles.times}>
          <span title={formatInstant(lastUsedAt)}>Last used {agoWords(lastUsedAt)}</span>
          <span>Signed in {formatInstant(createdAt)}</span>
        </div>
      </div>
      {!current && (
        <Button
          aria-label={`Sign out ${nameOf(session)}, last used ${agoWords(lastUsedAt)}`}
          disabled={isEnding}
          onClick={end}
        >
          Sign out
        </Button>
      )}
    </li>
  );
};

const Everywhere = ({ close }: { readonly close: () => void }) => {
  const ending = useMutation({ mutationFn: signOutEverywhere });
  const { problem } = readRefused(ending.error, []);
  return (
    <Dialog
      title="Sign out everywhere"
      close={close}
      actions={
        <>
          <Button onClick={close}>Stay signed in</Button>
          <Button kind="danger" data-autofocus disabled={ending.isPending} onClick={() => ending.mutate()}>
            Sign out everywhere
          </Button>
        </>
      }
    >
      <p>Every browser is signed out at once, this one too.</p>
      <FormProblem text={problem} />
    </Dialog>
  );
};

/** Where the person is signed in, this browser first. */
export const SessionList = () => {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(ownSessions());
  const [isAsking, setAsking] = useState(false);
  const ending = useMutation({
    mutationFn: (session: OwnSession) => endOwnSession(session.id),
    onSuccess: (_, session) => {
      queries.setQueryData(ownSessions().queryKey, (known) => known?.filter(({ id }) => id !== session.id));
      announce(`${nameOf(session)} is signed out.`);
    },
  });
  const { problem } = readRefused(ending.error, []);
  if (!data)
    return error ? (
      <ErrorState title="Your sessions could not be read" error={error} retry={() => void refetch()} />
    ) : null;
  const sessions = [...data].sort((one, other) => Number(other.current) - Number(one.current));
  return (
    <>
      <ul className={styles.sessions}>
        {sessions.map((session) => (
          <Row
            key={session.id}
            session={session}
            isEnding={ending.isPending && ending.variables.id === session.id}
            end={() => ending.mutate(session)}
          />
        ))}
      </ul>
      <FormProblem text={problem} />
      <div className={styles.actions}>
        <Button onClick={() => setAsking(true)}>Sign out everywhere</Button>
      </div>
      {isAsking && <Everywhere close={() => setAsking(false)} />}
    </>
  );
};
