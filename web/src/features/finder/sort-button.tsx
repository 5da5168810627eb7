import { useState } from 'react';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { Menu } from '#ui/menu.tsx';
import { type FinderQuery, writeSort } from './finder-url.ts';

const orders = [
  { label: 'Latest first', sort: [{ field: 'startDateTime', direction: 'desc' }] },
  { label: 'Earliest first', sort: [{ field: 'startDateTime', direction: 'asc' }] },
  { label: 'Title', sort: [{ field: 'title', direction: 'asc' }] },
  { label: 'Lead', sort: [{ field: 'lead', direction: 'asc' }] },
  { label: 'Type', sort: [{ field: 'type', direction: 'asc' }] },
  { label: 'Status', sort: [{ field: 'status', direction: 'asc' }] },
  { label: 'Changed last', sort: [{ field: 'updatedAt', direction: 'desc' }] },
] as const satisfies readonly { label: string; sort: FinderQuery['sort'] }[];

type SortButtonProps = { readonly query: FinderQuery; readonly change: (query: FinderQuery) => void };

/** The order of the rows on a phone, where there are no column heads. */
export const SortButton = ({ query, change }: SortButtonProps) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} aria-haspopup="dialog">
        Sort
      </Button>
      {isOpen && (
        <Dialog title="Sort" shape="sheet" close={() => setOpen(false)}>
          <Menu
            label="Sort"
            close={() => setOpen(false)}
            groups={[
              orders.map(({ label, sort }) => ({
                label,
                checked: writeSort(sort) === writeSort(query.sort),
                run: () => change({ ...query, sort, page: 1 }),
              })),
            ]}
          />
        </Dialog>
      )}
    </>
  );
};
