import { TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { askProjection, operationRequest } from '#api/operations.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { field } from '#ui/fields.ts';
import { nameOf } from './operation-words.ts';
import styles from './operations-page.module.css';
import { SiteField } from './site-field.tsx';
import { type Ask, isOver } from './use-operations.ts';

export type Rebuildable = { readonly projection: string; readonly bySite: boolean };
type RebuildDialogProps = Rebuildable & { readonly ask: (asked: Ask) => void; readonly close: () => void };

const lookAgainMs = 400;

/** A dry run: counts and estimates, changes nothing. */
const useEstimate = (projection: string, siteId: string) => {
  const asking = useMutation({
    mutationFn: (site: string) =>
      askProjection('rebuild', projection, { dryRun: true, ...(site ? { siteId: site } : {}) }),
  });
  const isForThis = asking.variables === siteId;
  const id = isForThis ? asking.data?.id : undefined;
  const request = useQuery({
    ...operationRequest(id ?? ''),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : lookAgainMs),
  }).data;
  const outcome = id !== undefined && request && isOver(request) ? request : undefined;
  return {
    begin: (): void => asking.mutate(siteId),
    isUnderWay: isForThis && (asking.isPending || (id !== undefined && !outcome)),
    outcome,
    error: isForThis ? asking.error : null,
  };
};

type Estimate = ReturnType<typeof useEstimate>;

const EstimateWords = ({ estimate: { isUnderWay, outcome, error } }: { readonly estimate: Estimate }) => (
  <div role="status">
    {isUnderWay && <p className={styles.text}>Counting events.</p>}
    {outcome && <p className={styles.estimate}>{outcome.answer}</p>}
    {error && <p className={styles.problem}>{`No estimate: ${error.message}`}</p>}
  </div>
);

const isThrottle = (text: string): boolean => text === '' || /^[1-9]\d{0,5}$/.test(text);

/** Rebuilding shows first what it would take. */
export const RebuildDialog = ({ projection, bySite, ask, close }: RebuildDialogProps) => {
  const [siteId, setSiteId] = useState('');
  const [throttle, setThrottle] = useState('');
  const estimate = useEstimate(projection, siteId);
  const name = nameOf(projection);
  const rebuild = (): void => {
    if (!isThrottle(throttle)) return;
    const body = { ...(siteId ? { siteId } : {}), ...(throttle ? { throttle: Number(throttle) } : {}) };
    ask({ operation: 'rebuild', projection, body });
    close();
  };
  const isEstimated = estimate.outcome !== undefined || estimate.error !== null;
  return (
    <Dialog
      title={`Rebuild ${name}`}
      close={close}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          {!isEstimated && (
            <Button kind="quiet" onClick={rebuild}>
              Rebuild without estimate
            </Button>
          )}
          <Button
            kind="primary"
            data-autofocus
            aria-disabled={estimate.isUnderWay}
            onClick={() => {
              if (isEstimated) rebuild();
              else if (!estimate.isUnderWay) estimate.begin();
            }}
          >
            {isEstimated ? `Rebuild ${name}` : 'Show estimate'}
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <p className={styles.text}>
          Fills a new version from the log beside the one in use, verifies it, then switches readers to it. Nobody waits
          meanwhile, and the old version stays for a roll back.
        </p>
        {bySite && <SiteField value={siteId} change={setSiteId} />}
        <TextInput
          {...field}
          label="Events a second at most"
          description="Empty: as fast as it goes."
          inputMode="numeric"
          autoComplete="off"
          value={throttle}
          error={isThrottle(throttle) ? undefined : 'Write a whole number above 0'}
          onChange={(event) => setThrottle(event.currentTarget.value.trim())}
        />
        <EstimateWords estimate={estimate} />
      </div>
    </Dialog>
  );
};
