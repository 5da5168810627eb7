import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import clsx from 'clsx';
import styles from './status-mark.module.css';

export const statusWords: Readonly<Record<InteractionStatus, string>> = {
  draft: 'Draft',
  incomplete: 'Incomplete',
  complete: 'Complete',
  active: 'Active',
  archived: 'Archived',
};

/** A status as a small shape and its word: never by colour alone. */
export const StatusMark = ({ status }: { readonly status: InteractionStatus }) => (
  <span className={styles.status}>
    <span className={clsx(styles.shape, styles[status])} aria-hidden="true" />
    {statusWords[status]}
  </span>
);
