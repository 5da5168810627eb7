import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { renderInSite } from '../testing/render-in-site.tsx';
import { CommandSearch } from './command-search.tsx';
import { type Command, findCommands, useCommands } from './commands.ts';

const given = (): Command[] => [
  { label: 'New interaction', words: 'record', keys: 'n', run: vi.fn() },
  { label: 'Go to Bin', run: vi.fn() },
  { label: 'Sign out', run: vi.fn() },
];
const labels = (typed: string): string[] => findCommands(given(), typed).map(({ label }) => label);

describe('the search of commands', () => {
  it('finds by the beginning of any word, also of words that are not shown', () => {
    expect(labels('')).toHaveLength(3);
    expect(labels('bi')).toEqual(['Go to Bin']);
    expect(labels('record')).toEqual(['New interaction']);
    expect(labels('nothing')).toEqual([]);
  });

  it('runs what the arrows have reached with Enter, and closes', async () => {
    const commands = given();
    const close = vi.fn();
    renderInSite(<CommandSearch commands={commands} close={close} />);
    await userEvent.type(screen.getByRole('combobox', { name: 'Search commands' }), '{ArrowDown}{Enter}');
    expect(close).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(commands[1]?.run).toHaveBeenCalledOnce());
  });

  it('offers what the open screen offers first', () => {
    const Page = () => {
      useCommands([{ label: 'Rebuild statistics', run: vi.fn() }]);
      return null;
    };
    renderInSite(
      <>
        <Page />
        <CommandSearch commands={given()} close={vi.fn()} />
      </>,
    );
    expect(screen.getAllByRole('option')[0]?.textContent).toBe('Rebuild statistics');
  });
});
