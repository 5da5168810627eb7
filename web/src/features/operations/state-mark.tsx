import type { OperationRequest, ProjectionVersionStatus } from '@ims/contracts/operations/api';
import { ShapedWord } from '#ui/shaped-word.tsx';
import { requestStateWords, stateWords } from './operation-words.ts';
import styles from './state-mark.module.css';

const Mark = ({ shape, word }: { readonly shape: string; readonly word: string }) => (
  <ShapedWord shape={styles[shape]} tone={styles[`${shape}Word`]} word={word} />
);

/** The state of a version as a small shape and its word. */
export const VersionState = ({ state }: Pick<ProjectionVersionStatus, 'state'>) => (
  <Mark shape={state} word={stateWords[state]} />
);

/** What became of a request. */
export const RequestState = ({ state }: Pick<OperationRequest, 'state'>) => (
  <Mark shape={state} word={requestStateWords[state]} />
);
