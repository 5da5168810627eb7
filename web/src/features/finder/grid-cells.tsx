import type { Interaction } from '@ims/contracts/interactions/api';
import type { CustomCellRendererProps } from 'ag-grid-react';
import { Link } from 'react-router';
import { nameOf } from '#app/move-to-bin.tsx';
import { formatInstant, whenWords, zoneWord } from '#ui/date-words.ts';
import { HeldMark } from '#ui/held-mark.tsx';
import { Icon } from '#ui/icons.tsx';
import { Marked } from '#ui/marked.tsx';
import { excerpt } from '#ui/match.ts';
import { Menu, type MenuItem } from '#ui/menu.tsx';
import { Popover } from '#ui/popover.tsx';
import { StatusMark } from '#ui/status-mark.tsx';
import styles from './grid.module.css';
import { hitElsewhere } from './hit-elsewhere.ts';

/** What the cells know beside their row. */
export type GridContext = {
  readonly words: readonly string[];
  readonly href: (id: string) => string;
  readonly actions: (row: Interaction) => readonly (readonly MenuItem[])[];
};
type Cell = CustomCellRendererProps<Interaction, string, GridContext>;

export const TitleCell = ({ data, context }: Cell) => {
  if (!data) return null;
  const place = hitElsewhere(data, context.words);
  return (
    <div className={styles.title}>
      <span className={styles.named}>
        <Link
          to={context.href(data.id)}
          className={styles.link}
          tabIndex={-1}
          onClick={(event) => event.stopPropagation()}
        >
          {data.title ? <Marked text={data.title} words={context.words} /> : nameOf('')}
        </Link>
        {data.held && <HeldMark />}
      </span>
      {place && (
        <div className={styles.elsewhere}>
          {`in ${place}: `}
          <Marked text={excerpt(data[place], context.words)} words={context.words} />
        </div>
      )}
    </div>
  );
};

export const TextCell = ({ value, context }: Cell) => <Marked text={value ?? ''} words={context.words} />;

export const WhenCell = ({ data }: Cell) => {
  if (!data) return null;
  const { text, zone, viewer } = whenWords(data);
  return (
    <span title={viewer && `Your time: ${viewer}`}>
      {text}
      {zone && <span className={styles.zone}>{zone}</span>}
    </span>
  );
};

export const EndCell = ({ data }: Cell) =>
  data && whenWords({ ...data, startDateTime: data.endDateTime, endDateTime: null }).text;

export const ZoneCell = ({ value }: Cell) => <span title={value ?? ''}>{zoneWord(value ?? '')}</span>;

export const InstantCell = ({ value }: Cell) => (value ? formatInstant(value) : '');

export const StatusCell = ({ data }: Cell) => data && <StatusMark status={data.status} />;

export const ActionsHead = () => <span className="hidden">Actions</span>;

export const ActionsCell = ({ data, context }: Cell) =>
  data && (
    <Popover
      kind="quiet"
      icon
      has="menu"
      align="end"
      tabIndex={-1}
      label={`Actions for ${nameOf(data.title)}`}
      trigger={<Icon name="more" />}
    >
      {(close) => <Menu label={`Actions for ${nameOf(data.title)}`} close={close} groups={context.actions(data)} />}
    </Popover>
  );
