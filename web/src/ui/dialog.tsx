import clsx from 'clsx';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './button.tsx';
import styles from './dialog.module.css';
import { Icon } from './icons.tsx';

type DialogProps = {
  readonly title: string;
  readonly close: () => void;
  readonly children?: ReactNode;
  /** The buttons; the one that does it comes last. */
  readonly actions?: ReactNode;
  readonly shape?: 'narrow' | 'wide' | 'sheet';
};

/** To what had it before, or to the content where that is gone. */
const giveFocusBack = (before: Element | null): void => {
  const isUsable = before instanceof HTMLElement && before !== document.body && before.isConnected;
  const place = isUsable ? before : document.getElementById('content');
  place?.focus();
};

/** What stops the work until it is answered. The browser keeps the focus inside and gives it back. */
export const Dialog = ({ title, close, children, actions, shape = 'narrow' }: DialogProps) => {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before React takes the element away: a dialog that is gone cannot give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog?.close();
      giveFocusBack(before);
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      className={clsx(styles.dialog, shape === 'wide' && styles.wide, shape === 'sheet' && styles.sheet)}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className={styles.head}>
        <h2 id={titleId} className={styles.title}>
          {title}
        </h2>
        <Button kind="quiet" icon aria-label="Close" onClick={close}>
          <Icon name="close" />
        </Button>
      </div>
      <div className={styles.body}>{children}</div>
      {actions && <div className={styles.foot}>{actions}</div>}
    </dialog>
  );
};
