import { useState } from 'react';
import { ConfirmDialog } from '#ui/confirm-dialog.tsx';
import styles from './operations-page.module.css';
import { SiteField } from './site-field.tsx';
import type { Ask } from './use-operations.ts';

/** What is asked back before something is done that matters. */
export type Confirmation = {
  readonly title: string;
  readonly text: string;
  readonly verb: string;
  readonly isDestructive?: boolean;
  /** True where it may be done for one site alone. */
  readonly bySite?: boolean;
  readonly asked: Ask;
};

type ConfirmOperationProps = {
  readonly confirmation: Confirmation;
  readonly ask: (asked: Ask) => void;
  readonly close: () => void;
};

const forSite = (asked: Ask, siteId: string): Ask =>
  siteId && 'body' in asked ? { ...asked, body: { ...asked.body, siteId } } : asked;

export const ConfirmOperation = ({ confirmation, ask, close }: ConfirmOperationProps) => {
  const { title, text, verb, isDestructive = false, bySite = false, asked } = confirmation;
  const [siteId, setSiteId] = useState('');
  const run = () => ask(forSite(asked, siteId));
  return (
    <ConfirmDialog title={title} verb={verb} isDestructive={isDestructive} run={run} close={close}>
      <div className={styles.fields}>
        <p className={styles.text}>{text}</p>
        {bySite && <SiteField value={siteId} change={setSiteId} />}
      </div>
    </ConfirmDialog>
  );
};
