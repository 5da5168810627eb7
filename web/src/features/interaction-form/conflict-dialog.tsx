import type { Interaction } from '@ims/contracts/interactions/api';
import { useMemo, useState } from 'react';
import { Button } from '#ui/button.tsx';
import { formatInstant, formatSpan } from '#ui/date-words.ts';
import { Dialog } from '#ui/dialog.tsx';
import { compareEdits, type Differing, mergeEdits } from './conflict.ts';
import styles from './conflict-dialog.module.css';
import { fieldWords } from './field-words.ts';
import { type FieldName, type FormValues, valuesOf } from './form-values.ts';

type ConflictDialogProps = {
  readonly base: FormValues;
  readonly mine: FormValues;
  readonly theirs: Interaction;
  readonly close: () => void;
  /** Saves what was chosen, on their revision. */
  readonly save: (merged: FormValues, theirs: Interaction) => void;
};

const shown = ({ name }: Differing, joined: string): string => {
  if (name !== 'startDate') return joined || 'empty';
  const [startDate, startTime, endDate, endTime, zone] = joined.split('\n');
  return `${formatSpan(`${startDate}T${startTime}`, `${endDate}T${endTime}`)} ${zone}`;
};

type ChoiceProps = {
  readonly differing: Differing;
  readonly who: string;
  readonly isMine: boolean;
  readonly choose: (isMine: boolean) => void;
};

const Choice = ({ differing, who, isMine, choose }: ChoiceProps) => (
  <fieldset className={styles.field}>
    <legend>{fieldWords[differing.name]}</legend>
    <div className={styles.choices}>
      {[true, false].map((mine) => (
        <label key={String(mine)} className={styles.choice}>
          <input type="radio" name={differing.name} checked={isMine === mine} onChange={() => choose(mine)} />
          <span>
            <span className={styles.whose}>{mine ? 'Yours' : who}</span>
            <span className={styles.value}>{shown(differing, mine ? differing.mine : differing.theirs)}</span>
          </span>
        </label>
      ))}
    </div>
  </fieldset>
);

/** Two people changed the same record: field by field, whose version stays. */
export const ConflictDialog = ({ base, mine, theirs, close, save }: ConflictDialogProps) => {
  const [givenUp, setGivenUp] = useState<ReadonlySet<FieldName>>(new Set());
  const theirValues = useMemo(() => valuesOf(theirs), [theirs]);
  const { toChoose, taken } = useMemo(() => compareEdits(base, mine, theirValues), [base, mine, theirValues]);
  const who = theirs.updatedBy.displayName;
  const choose = (name: FieldName, isMine: boolean): void => {
    const next = new Set(givenUp);
    if (isMine) next.delete(name);
    else next.add(name);
    setGivenUp(next);
  };
  const merged = (): FormValues => mergeEdits({ base, mine, theirs: theirValues }, givenUp);
  return (
    <Dialog
      title={`${who} changed this interaction too`}
      shape="wide"
      close={close}
      actions={
        <>
          <Button onClick={close}>Back to the form</Button>
          <Button kind="primary" onClick={() => save(merged(), theirs)}>
            Save interaction
          </Button>
        </>
      }
    >
      <p>{`Saved ${formatInstant(theirs.updatedAt)}, while you were typing. ${toChoose.length ? 'Choose what stays:' : 'Your changes are in other fields, so both can stay.'}`}</p>
      {toChoose.map((differing) => (
        <Choice
          key={differing.name}
          differing={differing}
          who={who}
          isMine={!givenUp.has(differing.name)}
          choose={(isMine) => choose(differing.name, isMine)}
        />
      ))}
      {taken.length > 0 && (
        <p
          className={styles.taken}
        >{`Kept as ${who} saved it: ${taken.map(({ name }) => fieldWords[name].toLowerCase()).join(', ')}.`}</p>
      )}
    </Dialog>
  );
};
