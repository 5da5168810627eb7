import type { Interaction } from '@ims/contracts/interactions/api';
import { Link } from 'react-router';
import { nameOf } from '#app/move-to-bin.tsx';
import { whenWords } from '#ui/date-words.ts';
import { HeldMark } from '#ui/held-mark.tsx';
import { Marked } from '#ui/marked.tsx';
import { excerpt } from '#ui/match.ts';
import { StatusMark } from '#ui/status-mark.tsx';
import { hitElsewhere } from './hit-elsewhere.ts';
import styles from './interaction-list.module.css';

type InteractionListProps = {
  readonly rows: readonly Interaction[];
  readonly words: readonly string[];
  readonly href: (id: string) => string;
};

/** The rows on a phone: one under the other, each a link. */
export const InteractionRows = ({ rows, words, href }: InteractionListProps) => (
  <ul className={styles.list} aria-label="Interactions">
    {rows.map((row) => {
      const when = whenWords(row);
      const place = hitElsewhere(row, words);
      return (
        <li key={row.id}>
          <Link to={href(row.id)} className={styles.row}>
            <span className={styles.title}>{row.title ? <Marked text={row.title} words={words} /> : nameOf('')}</span>
            <span className={styles.when}>
              {when.text}
              {when.zone && ` ${when.zone}`}
            </span>
            <span className={styles.facts}>
              <StatusMark status={row.status} />
              {row.held && <HeldMark />}
              {[row.type, row.lead, row.location].filter(Boolean).map((fact) => (
                <span key={fact} className={styles.fact}>
                  <Marked text={fact} words={words} />
                </span>
              ))}
            </span>
            {place && (
              <span className={styles.facts}>
                {`in ${place}: `}
                <Marked text={excerpt(row[place], words)} words={words} />
              </span>
            )}
          </Link>
        </li>
      );
    })}
  </ul>
);
