import type { OperationRequest, ProjectionVersionStatus } from '@ims/contracts/operations/api';
import clsx from 'clsx';
import { requestStateWords, stateWords } from './operation-words.ts';
import styles from './state-mark.module.css';

const Mark = ({ shape, word }: { readonly shape: string; readonly word: string }) => (
  <span className={clsx(styles.mark, styles[`${shape}Word`])}>
    <span className={clsx(styles.shape, styles[shape])} aria-hidden="true" />
    {word}
  </span>
);

/** The state of a version as a small shape and its word. */
export const VersionState = ({ state }: Pick<ProjectionVersionStatus, 'state'>) => (
  <Mark shape={state} word={stateWords[state]} />
);

/** What became of a request. */
export const RequestState = ({ state }: Pick<OperationRequest, 'state'>) => (
  <Mark shape={state} word={requestStateWords[state]} />
);
