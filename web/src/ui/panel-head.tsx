import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import styles from './panel.module.css';
import { useScreen } from './screen.ts';

type PanelHeadProps = {
  readonly title: string;
  readonly close: () => void;
  /** Buttons before the one that closes. */
  readonly children?: ReactNode;
};

/** Stays in sight above what a panel beside a list shows. */
export const PanelHead = ({ title, close, children }: PanelHeadProps) => {
  const isPhone = useScreen() === 'phone';
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Where something else stood before, nothing has the focus any more.
    if (isPhone || document.activeElement === document.body) heading.current?.focus();
  }, [isPhone]);
  return (
    <div className={styles.head}>
      <h2 ref={heading} tabIndex={-1} className={styles.heading}>
        {title}
      </h2>
      {children}
      <Button kind="quiet" icon aria-label="Close" title="Close (Esc)" onClick={close}>
        <Icon name="close" />
      </Button>
    </div>
  );
};
