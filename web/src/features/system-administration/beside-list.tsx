import { type ReactNode, useRef } from 'react';
import { Outlet, useLocation, useNavigate, useOutletContext } from 'react-router';
import { useScreen } from '#ui/screen.ts';
import { useShortcuts } from '#ui/shortcuts.ts';
import styles from './system-page.module.css';

/** What a panel beside a list knows of it. */
export type BesideList = { readonly close: () => void };

type ListWithPanelProps = {
  /** The address of the list alone; a longer one opens a panel. */
  readonly address: string;
  readonly openNew: () => void;
  readonly children: ReactNode;
};

const rowLinks = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('a[data-row]') ?? []),
];

/** A list and, beside it (instead of it on a phone), the one that the address names; arrows or `j k` walk its rows. */
export const ListWithPanel = ({ address, openNew, children }: ListWithPanelProps) => {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const isPhone = useScreen() === 'phone';
  const list = useRef<HTMLDivElement>(null);
  const isOpen = pathname !== address;
  const close = (): void => {
    const openId = pathname.slice(address.length + 1);
    void navigate(address + search);
    requestAnimationFrame(() => {
      const row = rowLinks(list.current).find(({ dataset }) => dataset.row === openId);
      (row ?? document.getElementById('content'))?.focus();
    });
  };
  const walk = (step: number) => (): void => {
    const rows = rowLinks(list.current);
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const open = rows.findIndex(({ dataset }) => dataset.row === pathname.slice(address.length + 1));
    const from = at < 0 ? open : at;
    const row = rows[from < 0 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1)];
    row?.focus();
  };
  useShortcuts({
    '/': () => list.current?.querySelector<HTMLInputElement>('input[type=search]')?.select(),
    n: openNew,
    j: walk(1),
    k: walk(-1),
    ArrowDown: walk(1),
    ArrowUp: walk(-1),
    ...(isOpen ? { Escape: close } : {}),
  });
  const context: BesideList = { close };
  return (
    <div className={styles.part}>
      {!(isOpen && isPhone) && (
        <div ref={list} className={styles.listed}>
          {children}
        </div>
      )}
      {isOpen && (
        <aside className={isPhone ? styles.alone : styles.beside}>
          <Outlet context={context} />
        </aside>
      )}
    </div>
  );
};

export const useBesideList = (): BesideList => useOutletContext<BesideList>();
