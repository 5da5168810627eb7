import type { Interaction } from '@ims/contracts/interactions/api';
import { formatInstant, whenWords } from '#ui/date-words.ts';
import { HeldMark, heldSentence } from '#ui/held-mark.tsx';
import { StatusMark } from '#ui/status-mark.tsx';
import styles from './interaction-page.module.css';

const When = ({ record }: { readonly record: Interaction }) => {
  const { text, zone, viewer } = whenWords(record);
  return (
    <dd>
      <span className="tabular">{text}</span>
      {zone && ` ${zone}`}
      {viewer && <span className={styles.aside}>{`Your time: ${viewer}`}</span>}
    </dd>
  );
};

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);

const LongText = ({ name, text }: { readonly name: string; readonly text: string }) =>
  text && (
    <section className={styles.text}>
      <h3>{name}</h3>
      <p>{text}</p>
    </section>
  );

/** Every field of a record as it is read, not as it is typed. */
export const InteractionFacts = ({ record }: { readonly record: Interaction }) => (
  <>
    {record.held && (
      <p className={styles.held}>
        <HeldMark /> {heldSentence}
      </p>
    )}
    <dl className={styles.facts}>
      <dt>Status</dt>
      <dd>
        <StatusMark status={record.status} />
      </dd>
      <Fact name="Type" value={record.type} />
      <Fact name="Lead" value={record.lead} />
      <dt>When</dt>
      <When record={record} />
      <Fact name="Time zone" value={record.timezone} />
      <Fact name="Location" value={record.location} />
    </dl>
    <LongText name="Description" text={record.description} />
    <LongText name="Notes" text={record.notes} />
    <footer className={styles.history}>
      <p>{`Recorded by ${record.createdBy.displayName}, ${formatInstant(record.createdAt)}`}</p>
      {record.revision > 0 && <p>{`Changed by ${record.updatedBy.displayName}, ${formatInstant(record.updatedAt)}`}</p>}
    </footer>
  </>
);
