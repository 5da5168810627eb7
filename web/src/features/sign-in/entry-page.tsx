import type { ReactNode } from 'react';
import styles from './sign-in-page.module.css';

type EntryPageProps = { readonly title: string; readonly lead?: ReactNode; readonly children?: ReactNode };

/** A screen of somebody who is not in yet: no bar, one box, one thing to do. */
export const EntryPage = ({ title, lead, children }: EntryPageProps) => (
  <main className={styles.page}>
    <title>{`${title} · Interactions`}</title>
    <div className={styles.box}>
      <div className={styles.brand}>
        <img src="/mark.svg" alt="" width="28" height="28" />
        Interactions
      </div>
      <div className={styles.head}>
        <h1 className={styles.title}>{title}</h1>
        {lead && <p className={styles.lead}>{lead}</p>}
      </div>
      {children}
    </div>
  </main>
);
