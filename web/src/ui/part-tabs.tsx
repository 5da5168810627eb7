import { NavLink } from 'react-router';
import styles from './part-tabs.module.css';

export type Part = { readonly label: string; readonly to: string };

/** The parts of a screen, each with an address of its own. */
export const PartTabs = ({ label, parts }: { readonly label: string; readonly parts: readonly Part[] }) => (
  <nav className={styles.parts} aria-label={label}>
    {parts.map((part) => (
      <NavLink key={part.to} to={part.to} className={styles.part ?? ''}>
        {part.label}
      </NavLink>
    ))}
  </nav>
);
