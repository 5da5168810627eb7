import { ApiError } from '#api/api-error.ts';
import { useAvailability } from '#app/availability-hook.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icons.tsx';
import panel from '#ui/panel.module.css';
import styles from './interaction-form.module.css';
import type { SaveKind } from './use-save.ts';

export const FormHead = ({ heading, cancel }: { readonly heading: string; readonly cancel: () => void }) => (
  <div className={styles.head}>
    <h2 className={styles.heading}>{heading}</h2>
    <Button kind="quiet" icon aria-label="Close the form" title="Close (Esc)" onClick={cancel}>
      <Icon name="close" />
    </Button>
  </div>
);

export const RestoredNote = ({ discard }: { readonly discard: () => void }) => (
  <div className={styles.note} role="status">
    What you typed before is back.
    <Button kind="link" onClick={discard}>
      Discard it
    </Button>
  </div>
);

/** Somebody moved the record to the bin while it was being edited. */
export const MovedToBin = () => (
  <p className={styles.problem} role="alert">
    Not saved: this interaction was moved to the bin meanwhile. Restore it there, then save again; what you typed stays
    here.
  </p>
);

/** What stands in the way of saving and belongs to no field. */
export const Problem = ({
  error,
  rest,
  retry,
}: {
  readonly error: Error;
  readonly rest: readonly string[];
  readonly retry: () => void;
}) => {
  const isBack = useAvailability() === 'all';
  if (!(error instanceof ApiError))
    return <p className={styles.problem}>Not saved: the answer could not be read. Retry.</p>;
  if (error.code === 'PRECONDITION_FAILED') return null;
  if (error.details.length > rest.length) return null;
  const wasAway = error.code === 'CONNECTION_LOST' || (error.status >= 502 && error.status <= 504);
  const isLost = error.code === 'CONNECTION_LOST' || error.status >= 500 || error.status === 429;
  if (!isLost) {
    return (
      <p className={styles.problem} role="alert">
        {[`Not saved: ${error.message}`, ...rest].join(' ')}
      </p>
    );
  }
  return (
    <div className={styles.problem} role="alert">
      <span>
        {wasAway && isBack
          ? 'Not saved yet; what you typed stays here. Saving is possible again.'
          : 'Not saved yet: the server cannot save right now. What you typed stays here.'}
      </span>
      <Button onClick={retry}>{wasAway && isBack ? 'Save now' : 'Retry'}</Button>
    </div>
  );
};

type FormActionsProps = {
  readonly isNew: boolean;
  readonly isUnfinished: boolean;
  readonly isSaving: boolean;
  readonly ask: (kind: SaveKind) => () => void;
  readonly cancel: () => void;
  readonly moveToBin: (() => void) | undefined;
};

/** The buttons stay what has the focus while it is being saved: pressing them again does nothing. */
export const FormActions = ({ isNew, isUnfinished, isSaving, ask, cancel, moveToBin }: FormActionsProps) => (
  <div className={panel.foot}>
    <Button kind="primary" type="submit" aria-disabled={isSaving} title="Ctrl+Enter">
      {isSaving ? 'Saving' : 'Save interaction'}
    </Button>
    {isNew && (
      <Button aria-disabled={isSaving} title="Ctrl+Shift+Enter" onClick={ask('save-and-new')}>
        Save and new
      </Button>
    )}
    {isUnfinished && (
      <Button aria-disabled={isSaving} onClick={ask('draft')}>
        Save as draft
      </Button>
    )}
    <Button kind="quiet" onClick={cancel}>
      Cancel
    </Button>
    {moveToBin && (
      <Button kind="quiet" className={`${styles.last} ${styles.danger}`} onClick={moveToBin}>
        Move to bin
      </Button>
    )}
  </div>
);
