import clsx from 'clsx';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import { currentlySpoken, currentNotices, dismiss, type Notice, subscribeToNotices } from './notices.ts';
import styles from './toasts.module.css';

const shownForMs = 8_000;

const Toast = ({ notice }: { readonly notice: Notice }) => {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismiss(notice.id), shownForMs);
    return () => clearTimeout(timer);
  }, [notice.id, isHeld]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointer and focus only keep the notice from going away
    <div
      className={clsx(styles.toast, notice.tone !== 'plain' && styles[notice.tone])}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={styles.text}>{notice.text}</span>
      {notice.action && (
        <Button
          kind="link"
          onClick={() => {
            dismiss(notice.id);
            notice.action?.run();
          }}
        >
          {notice.action.label}
        </Button>
      )}
      <Button kind="quiet" icon aria-label="Close notice" onClick={() => dismiss(notice.id)}>
        <Icon name="close" />
      </Button>
    </div>
  );
};

/** The notices, and what screen readers hear of results and saves. */
export const Toasts = () => {
  const notices = useSyncExternalStore(subscribeToNotices, currentNotices);
  const spoken = useSyncExternalStore(subscribeToNotices, currentlySpoken);
  return (
    <>
      <section className={styles.toasts} aria-label="Notices" aria-live="polite">
        {notices.map((notice) => (
          <Toast key={notice.id} notice={notice} />
        ))}
      </section>
      <p className={styles.hidden} role="status">
        {spoken}
      </p>
    </>
  );
};
