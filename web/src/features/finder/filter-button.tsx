import { lazy, type Ref, Suspense, useImperativeHandle, useRef, useState } from 'react';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icons.tsx';
import { Popover, type PopoverHandle } from '#ui/popover.tsx';
import { useScreen } from '#ui/screen.ts';
import { activeFilters, cleared } from './active-filters.ts';
import { totalWords } from './filter-chips.tsx';
import styles from './filter-panel.module.css';
import type { Finder } from './use-finder.ts';

const FilterPanel = lazy(async () => ({ default: (await import('./filter-panel.tsx')).FilterPanel }));

type FilterButtonProps = { readonly finder: Finder; readonly ref: Ref<{ open: () => void }> };

const Fields = ({ finder: { query, change } }: { readonly finder: Finder }) => (
  <Suspense fallback={<div className={styles.loading} />}>
    <FilterPanel query={query} change={(next) => change({ ...next, page: 1 }, 'replace')} />
  </Suspense>
);

const FilterSheet = ({ finder, close }: { readonly finder: Finder; readonly close: () => void }) => (
  <Dialog
    title="Filters"
    shape="sheet"
    close={close}
    actions={
      <>
        <Button onClick={() => finder.change(cleared(finder.query))}>Clear</Button>
        <Button kind="primary" onClick={close}>
          {finder.list ? `Show ${totalWords(finder.list)} interactions` : 'Show interactions'}
        </Button>
      </>
    }
  >
    <Fields finder={finder} />
  </Dialog>
);

/** Opens the filters: beside the button, or as a sheet on a phone. What is chosen takes effect at once. */
export const FilterButton = ({ finder, ref }: FilterButtonProps) => {
  const isPhone = useScreen() === 'phone';
  const [isSheetOpen, setSheetOpen] = useState(false);
  const popover = useRef<PopoverHandle>(null);
  useImperativeHandle(ref, () => ({ open: () => (isPhone ? setSheetOpen(true) : popover.current?.open()) }), [isPhone]);
  const on = activeFilters({ ...finder.query, search: '' }).length;
  const words = (
    <>
      <Icon name="filter" /> {on > 0 ? `Filters (${on})` : 'Filters'}
    </>
  );
  if (!isPhone) {
    return (
      <Popover has="dialog" trigger={words} className={styles.popover} handle={popover}>
        {() => (
          <div role="dialog" aria-label="Filters">
            <Fields finder={finder} />
          </div>
        )}
      </Popover>
    );
  }
  return (
    <>
      <Button
        onClick={() => setSheetOpen(true)}
        aria-haspopup="dialog"
        aria-label={on > 0 ? `Filters (${on})` : 'Filters'}
      >
        <Icon name="filter" /> {on > 0 && `(${on})`}
      </Button>
      {isSheetOpen && <FilterSheet finder={finder} close={() => setSheetOpen(false)} />}
    </>
  );
};
