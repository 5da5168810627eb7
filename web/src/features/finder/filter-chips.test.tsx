import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { givenInteraction, givenList } from '../../testing/given.ts';
import { FilterChips } from './filter-chips.tsx';
import { emptyQuery, type FinderQuery } from './finder-url.ts';

const query: FinderQuery = {
  ...emptyQuery,
  search: 'budget',
  type: ['Meeting', 'Call'],
  startFrom: '2026-03-03',
  page: 3,
};

it('nothing stands under the search while nothing is filtered', () => {
  const { container } = render(<FilterChips query={emptyQuery} list={givenList([])} change={vi.fn()} />);
  expect(container.textContent).toBe('');
});

it('the filters stand there in words, with how many rows they leave', () => {
  render(<FilterChips query={query} list={givenList([givenInteraction()])} change={vi.fn()} />);
  expect(screen.getByText('Type: Meeting, Call')).toBeDefined();
  expect(screen.getByText('From Tue 3 Mar 2026')).toBeDefined();
  expect(screen.getByText('1 of 2,016')).toBeDefined();
});

it('a filter is taken off by its chip, and the first page is shown', async () => {
  const change = vi.fn();
  render(<FilterChips query={query} list={undefined} change={change} />);
  await userEvent.click(screen.getByRole('button', { name: 'Remove Type: Meeting, Call' }));
  expect(change).toHaveBeenCalledExactlyOnceWith({ ...query, type: [], page: 1 });
});

it('Clear takes all of them off and keeps the order', async () => {
  const change = vi.fn();
  const sorted: FinderQuery = { ...query, sort: [{ field: 'title', direction: 'asc' }] };
  render(<FilterChips query={sorted} list={undefined} change={change} />);
  await userEvent.click(screen.getByRole('button', { name: 'Clear' }));
  expect(change).toHaveBeenCalledExactlyOnceWith({ ...emptyQuery, sort: sorted.sort });
});
