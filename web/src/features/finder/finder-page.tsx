import { useRef } from 'react';
import { Outlet, useMatch, useNavigate } from 'react-router';
import type { BesideTable } from '#app/beside-table.ts';
import { useCommands } from '#app/commands.ts';
import { useMoveToBin } from '#app/move-to-bin.tsx';
import { useSite } from '#app/site-context.ts';
import { useScreen } from '#ui/screen.ts';
import { useShortcuts } from '#ui/shortcuts.ts';
import { paths } from '../../paths.ts';
import { FilterChips } from './filter-chips.tsx';
import styles from './finder.module.css';
import type { RowsHandle } from './finder-grid.tsx';
import { useFinderKeys } from './finder-keys.ts';
import { FinderRows } from './finder-rows.tsx';
import { FinderTools } from './finder-tools.tsx';
import { useFinder } from './use-finder.ts';
import { useRowThatLeft } from './use-row-that-left.ts';
import { useView } from './use-view.ts';

/** Which panel the address opens beside the table. */
const usePanel = (siteId: string): { isOpen: boolean; openId: string | undefined; isRecord: boolean } => {
  const record = useMatch('/s/:siteId/interactions/:id');
  const edit = useMatch('/s/:siteId/interactions/:id/edit');
  const isNew = useMatch(paths.newInteraction(siteId)) !== null;
  const openId = isNew ? undefined : (record ?? edit)?.params.id;
  return { isOpen: isNew || openId !== undefined, openId, isRecord: record !== null && !isNew };
};

/** The home of a site: search, filters, the table, and a record or form beside it. */
export const FinderPage = () => {
  const { siteId } = useSite();
  const navigate = useNavigate();
  const finder = useFinder();
  const panel = usePanel(siteId);
  const view = useView(panel.isOpen);
  const isPhone = useScreen() === 'phone';
  const rows = useRef<RowsHandle>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const filterButton = useRef<{ open: () => void }>(null);
  const { search } = finder;
  const focusRow = (id: string | undefined): void => {
    if (rows.current?.focus(id)) return;
    if (isPhone) document.getElementById('content')?.focus();
    else searchBox.current?.focus();
  };
  const close = (): void => {
    void navigate(paths.finder(siteId) + search);
    requestAnimationFrame(() => focusRow(panel.openId));
  };
  const leftRow = useRowThatLeft(finder.list, focusRow);
  const binned = (id: string): void => {
    leftRow(id);
    if (id === panel.openId) close();
  };
  const bin = useMoveToBin(binned);
  const keys = useFinderKeys({ finder, panel, rows, siteId, close, askToMove: bin.ask });
  useShortcuts({
    ...keys.shortcuts,
    '/': () => searchBox.current?.select(),
    f: () => filterButton.current?.open(),
  });
  const beside: BesideTable = { search, close, binned, walk: keys.walk };
  useCommands([
    { label: 'Search interactions', words: 'find', keys: '/', run: () => searchBox.current?.select() },
    { label: 'Filter interactions', words: 'filters', keys: 'f', run: () => filterButton.current?.open() },
    ...keys.commands,
  ]);
  const isAlone = panel.isOpen && isPhone;
  const outlet = <Outlet context={beside} />;
  if (isAlone)
    return (
      <div className={styles.finder}>
        <div className={styles.alone}>{outlet}</div>
        {bin.dialog}
      </div>
    );
  return (
    <div className={styles.finder}>
      <h1 className="hidden">Interactions</h1>
      <FinderTools
        finder={finder}
        view={view}
        searchBox={searchBox}
        filterButton={filterButton}
        leaveSearch={() => rows.current?.focus(undefined)}
      />
      <FilterChips query={finder.query} list={finder.list} change={finder.change} />
      <FinderRows
        finder={finder}
        view={view}
        openId={panel.openId}
        follow={panel.isRecord ? keys.follow : undefined}
        handle={rows}
        askToMove={bin.ask}
      />
      {panel.isOpen && <aside className={styles.panel}>{outlet}</aside>}
      {bin.dialog}
    </div>
  );
};
