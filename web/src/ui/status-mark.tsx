import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import { ShapedWord } from './shaped-word.tsx';
import styles from './status-mark.module.css';

export const statusWords: Readonly<Record<InteractionStatus, string>> = {
  draft: 'Draft',
  incomplete: 'Incomplete',
  complete: 'Complete',
  active: 'Active',
  archived: 'Archived',
};

export const StatusMark = ({ status }: { readonly status: InteractionStatus }) => (
  <ShapedWord shape={styles[status]} word={statusWords[status]} />
);
