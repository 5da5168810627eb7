import clsx from 'clsx';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Icon } from './icons.tsx';
import styles from './menu.module.css';

export type MenuItem = {
  readonly label: string;
  readonly hint?: string;
  /** A sentence below the label: what it does. */
  readonly about?: string;
  /** Given where the items are a choice. */
  readonly checked?: boolean;
  readonly danger?: boolean;
  readonly run: () => void;
};
type MenuProps = {
  readonly label: string;
  readonly groups: readonly (readonly MenuItem[])[];
  readonly close: () => void;
};

const steps: Partial<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

const focusBeside = (menu: HTMLElement, key: string): boolean => {
  const items = [...menu.querySelectorAll<HTMLElement>('button')];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const step = steps[key];
  if (step !== undefined) items[(at + step + items.length) % items.length]?.focus();
  if (key === 'Home') items[0]?.focus();
  if (key === 'End') items.at(-1)?.focus();
  return step !== undefined || key === 'Home' || key === 'End';
};

const role = (item: MenuItem) => (item.checked === undefined ? 'menuitem' : 'menuitemradio');

/** The items of an open menu; arrows walk, a letter is not needed in menus this short. */
export const Menu = ({ label, groups, close }: MenuProps) => {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector<HTMLElement>('[aria-checked="true"], button')?.focus(), []);
  const walk = (event: KeyboardEvent<HTMLDivElement>): void => {
    event.stopPropagation();
    if (event.key === 'Tab') close();
    else if (focusBeside(event.currentTarget, event.key)) event.preventDefault();
  };
  return (
    <div ref={menu} role="menu" aria-label={label} className={styles.menu} onKeyDown={walk} tabIndex={-1}>
      {groups
        .filter((group) => group.length)
        .map((group, at) => [
          at > 0 && <hr key={`before ${group[0]?.label}`} className={styles.line} />,
          ...group.map((item) => (
            <button
              key={item.label}
              type="button"
              role={role(item)}
              className={clsx(styles.item, item.danger && styles.danger)}
              {...(item.checked === undefined ? {} : { 'aria-checked': item.checked })}
              onClick={() => {
                close();
                item.run();
              }}
            >
              {item.checked !== undefined && (
                <span className={styles.check}>{item.checked && <Icon name="check" />}</span>
              )}
              {item.about ? (
                <span className={styles.words}>
                  {item.label}
                  <span className={styles.about}>{item.about}</span>
                </span>
              ) : (
                item.label
              )}
              {item.hint && <span className={styles.hint}>{item.hint}</span>}
            </button>
          )),
        ])}
    </div>
  );
};
