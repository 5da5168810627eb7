import styles from './held-mark.module.css';

export const heldSentence = 'Later changes of this record wait for an operator.';

/** A record whose newest changes could not be shown yet. */
export const HeldMark = () => (
  <span className={styles.held} title={heldSentence}>
    <span className={styles.shape} aria-hidden="true" />
    Held
  </span>
);
