import type { ReactNode } from 'react';
import styles from './listing.module.css';

type ListItemProps = { readonly name: ReactNode; readonly state: ReactNode; readonly children?: ReactNode };

/** On a phone, what is a row of a table elsewhere. */
export const ListItem = ({ name, state, children }: ListItemProps) => (
  <li className={styles.item}>
    <div className={styles.line}>
      {name}
      {state}
    </div>
    {children}
  </li>
);
