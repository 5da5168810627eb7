import { type RowHeight, rowHeights } from '#app/tokens.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icons.tsx';
import { Popover } from '#ui/popover.tsx';
import { type ColumnChoice, labelOf, moved } from './columns.ts';
import type { View } from './use-view.ts';
import styles from './view-options.module.css';

type ColumnsProps = Pick<View, 'columns' | 'changeColumns'>;

const heightWords: Readonly<Record<RowHeight, string>> = {
  compact: 'Compact',
  normal: 'Normal',
  comfortable: 'Comfortable',
};
const heights: readonly RowHeight[] = ['compact', 'normal', 'comfortable'];

const changed = (
  columns: readonly ColumnChoice[],
  id: string,
  change: (column: ColumnChoice) => ColumnChoice,
): ColumnChoice[] => columns.map((column) => (column.id === id ? change(column) : column));

const pinOrFree = ({ pinned, ...column }: ColumnChoice): ColumnChoice =>
  pinned ? column : { ...column, pinned: 'left' };

const ColumnLine = ({ column, columns, changeColumns }: { readonly column: ColumnChoice } & ColumnsProps) => {
  const label = labelOf(column.id);
  const isTitle = column.id === 'title';
  return (
    <li className={styles.column}>
      <label className={styles.label}>
        <input
          type="checkbox"
          checked={!column.isHidden}
          disabled={isTitle}
          onChange={() => changeColumns(changed(columns, column.id, (one) => ({ ...one, isHidden: !one.isHidden })))}
        />
        {label}
      </label>
      <Button
        kind="quiet"
        icon
        aria-label={`Move ${label} towards the start`}
        onClick={() => changeColumns(moved(columns, column.id, -1))}
      >
        <Icon name="up" />
      </Button>
      <Button
        kind="quiet"
        icon
        aria-label={`Move ${label} towards the end`}
        onClick={() => changeColumns(moved(columns, column.id, 1))}
      >
        <Icon name="down" />
      </Button>
      <Button
        kind="quiet"
        icon
        aria-label={`Keep ${label} in view`}
        title={`Keep ${label} in view`}
        aria-pressed={column.pinned !== undefined}
        onClick={() => changeColumns(changed(columns, column.id, pinOrFree))}
      >
        <Icon name="pin" />
      </Button>
    </li>
  );
};

/** Which columns the table shows, in which order, and how high its rows are. */
export const ViewOptions = ({
  view: { columns, changeColumns, resetColumns, rowHeight, changeRowHeight },
}: {
  readonly view: View;
}) => (
  <Popover
    has="dialog"
    align="end"
    trigger={
      <>
        <Icon name="columns" /> View
      </>
    }
  >
    {() => (
      <div role="dialog" aria-label="View" className={styles.view}>
        <fieldset className={styles.heights}>
          <legend>Rows</legend>
          {heights.map((height) => (
            <label key={height} className={styles.label} title={`${rowHeights[height]} px`}>
              <input
                type="radio"
                name="row-height"
                checked={height === rowHeight}
                onChange={() => changeRowHeight(height)}
              />
              {heightWords[height]}
            </label>
          ))}
        </fieldset>
        <h2 className={styles.heading}>Columns</h2>
        <ul className={styles.columns}>
          {columns.map((column) => (
            <ColumnLine key={column.id} column={column} columns={columns} changeColumns={changeColumns} />
          ))}
        </ul>
        <Button kind="quiet" onClick={resetColumns}>
          Usual columns
        </Button>
      </div>
    )}
  </Popover>
);
