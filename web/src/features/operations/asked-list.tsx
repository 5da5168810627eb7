import type { OperationRequest } from '@ims/contracts/operations/api';
import { useState } from 'react';
import { agoWords } from '#ui/ago-words.ts';
import { Button } from '#ui/button.tsx';
import { formatInstant, formatNumber } from '#ui/date-words.ts';
import { askedWords, eventWords } from './operation-words.ts';
import styles from './operations-page.module.css';
import { siteName, useNamedSites } from './site-names.ts';
import { RequestState } from './state-mark.tsx';

const shownAtFirst = 8;
const longWaitMs = 10_000;

const whose = ({ requestedBy }: OperationRequest, userId: string): string => {
  if (requestedBy === null) return 'on the command line';
  return requestedBy === userId ? 'by you' : 'by a colleague';
};

const isWaitingLong = ({ state, requestedAt }: OperationRequest): boolean =>
  state === 'waiting' && Date.now() - Date.parse(requestedAt) > longWaitMs;

const Asked = ({ request, userId }: { readonly request: OperationRequest; readonly userId: string }) => {
  const sites = useNamedSites();
  const { state, requestedAt, answer, progress, siteId } = request;
  return (
    <li className={styles.item}>
      <div className={styles.itemHead}>
        <RequestState state={state} />
        <strong>{askedWords(request, siteId ? siteName(sites, siteId) : undefined)}</strong>
        <span className={styles.when} title={formatInstant(requestedAt)}>
          {`${agoWords(requestedAt)}, ${whose(request, userId)}`}
        </span>
      </div>
      {progress && state === 'running' && (
        <div className={styles.progress}>
          <progress
            className={styles.bar}
            aria-label={askedWords(request)}
            max={Math.max(progress.total, 1)}
            value={progress.done}
          />
          <span>{`${formatNumber(progress.done)} of ${eventWords(progress.total)}`}</span>
        </div>
      )}
      {answer && <p className={styles.answer}>{answer}</p>}
      {isWaitingLong(request) && <p className={styles.problem}>No projector has taken it up yet. Is one running?</p>}
    </li>
  );
};

type AskedListProps = { readonly requests: readonly OperationRequest[]; readonly userId: string };

/** Every request with its outcome, the newest first. */
export const AskedList = ({ requests, userId }: AskedListProps) => {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? requests : requests.slice(0, shownAtFirst);
  return (
    <section className={styles.section} aria-label="What was asked">
      <h2>What was asked</h2>
      {requests.length === 0 && <p className={styles.text}>Nothing yet. What you ask shows here with its outcome.</p>}
      <ul className={styles.list}>
        {shown.map((request) => (
          <Asked key={request.id} request={request} userId={userId} />
        ))}
      </ul>
      {shown.length < requests.length && (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          {`Show ${formatNumber(requests.length - shown.length)} more`}
        </Button>
      )}
    </section>
  );
};
