import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './table.module.css';

type TableProps = {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly classOf?: (column: string) => string | undefined;
  /** Then a last column holds what can be done about each row. */
  readonly hasActions?: boolean;
  readonly className: string | undefined;
  /** The bodies. */
  readonly children: ReactNode;
};

/** A table with its caption, which only is heard, and the names of its columns. */
export const Table = ({ caption, columns, classOf, hasActions = false, className, children }: TableProps) => (
  <table className={clsx(styles.table, className)}>
    <caption className="hidden">{caption}</caption>
    <thead>
      <tr>
        {columns.map((name) => (
          <th key={name} scope="col" className={classOf?.(name)}>
            {name}
          </th>
        ))}
        {hasActions && (
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        )}
      </tr>
    </thead>
    {children}
  </table>
);
