import type { DeadLetter } from '@ims/contracts/operations/api';
import { agoWords } from '#ui/ago-words.ts';
import { Button } from '#ui/button.tsx';
import { formatInstant } from '#ui/date-words.ts';
import { eventWords } from './operation-words.ts';
import styles from './operations-page.module.css';
import type { Act } from './projection-actions.ts';
import { siteName, useNamedSites } from './site-names.ts';

type LetterProps = { readonly letter: DeadLetter; readonly act: Act };

const skip = ({ letter, act }: LetterProps): void =>
  act.confirm({
    title: `Skip this ${letter.eventType}`,
    text: `${letter.projection} version ${letter.version} leaves this event out for good and goes on with the ${eventWords(letter.waitingEvents)} behind it. The record then shows without this change until a rebuild; the log keeps the event.`,
    verb: 'Skip event',
    isDestructive: true,
    asked: { operation: 'skip', deadLetterId: letter.id },
  });

const Letter = ({ letter, act }: LetterProps) => {
  const sites = useNamedSites();
  const { id, projection, version, stream, siteId, position, revision, eventType, error, parkedAt, waitingEvents } =
    letter;
  const place = [
    `${projection} version ${version}`,
    ...(siteId ? [siteName(sites, siteId)] : []),
    `position ${position}`,
    `revision ${revision}`,
  ];
  return (
    <li className={styles.item}>
      <div className={styles.itemHead}>
        <strong>{eventType}</strong>
        <span className={styles.quiet}>{place.join(' · ')}</span>
        <span className={styles.when} title={formatInstant(parkedAt)}>
          {agoWords(parkedAt)}
        </span>
      </div>
      <p className={styles.problem}>{error}</p>
      <p className={styles.text}>
        <code className={styles.stream}>{stream}</code>
        {waitingEvents === 0
          ? 'Nothing waits behind it yet.'
          : `${eventWords(waitingEvents)} of this record ${waitingEvents === 1 ? 'waits' : 'wait'} behind it.`}
      </p>
      <div className={styles.buttons}>
        <Button
          title="Tries to project the event again, and those that wait behind it"
          onClick={() => act.ask({ operation: 'retry', deadLetterId: id })}
        >
          Retry
        </Button>
        <Button kind="quiet" className={styles.bad} onClick={() => skip({ letter, act })}>
          Skip
        </Button>
      </div>
    </li>
  );
};

/** Events that could not be projected. */
export const DeadLetterList = ({ letters, act }: { readonly letters: readonly DeadLetter[]; readonly act: Act }) => (
  <section id="dead-letters" className={styles.section} aria-label="Dead letters">
    <h2>Dead letters</h2>
    {letters.length === 0 ? (
      <p className={styles.text}>None. An event that cannot be projected waits here; all other records go on.</p>
    ) : (
      <ul className={styles.list}>
        {letters.map((letter) => (
          <Letter key={letter.id} letter={letter} act={act} />
        ))}
      </ul>
    )}
  </section>
);
