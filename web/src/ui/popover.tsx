import clsx from 'clsx';
import { type ReactNode, type Ref, useEffect, useId, useImperativeHandle, useRef, useState } from 'react';
import { Button, type ButtonKind } from './button.tsx';
import styles from './popover.module.css';

export type PopoverHandle = { readonly open: () => void; readonly close: () => void };
type PopoverProps = {
  readonly trigger: ReactNode;
  readonly kind?: ButtonKind;
  readonly icon?: boolean;
  /** The trigger's name, where its content is not enough. */
  readonly label?: string;
  readonly has: 'menu' | 'dialog';
  readonly align?: 'start' | 'end';
  readonly className?: string | undefined;
  readonly triggerClassName?: string | undefined;
  readonly tabIndex?: number;
  readonly handle?: Ref<PopoverHandle>;
  readonly children: (close: () => void) => ReactNode;
};

/** Below the trigger, or above it when the trigger stands in the lower part of the window. */
const placeBeside = (trigger: Element, align: 'start' | 'end'): Partial<CSSStyleDeclaration> => {
  const { top, bottom, left, right } = trigger.getBoundingClientRect();
  const { innerHeight: height, innerWidth: width } = window;
  return {
    ...(bottom > height * 0.6 ? { top: 'auto', bottom: `${height - top}px` } : { top: `${bottom}px`, bottom: 'auto' }),
    ...(align === 'end'
      ? { left: 'auto', right: `${Math.max(width - right, 4)}px` }
      : { left: `${left}px`, right: 'auto' }),
  };
};

const marginPx = 4;

/** Moves what would stand outside the window back into it, also when its content comes in later. */
const keepInWindow = (panel: HTMLElement): void => {
  panel.style.translate = 'none';
  const { left, right, top, bottom } = panel.getBoundingClientRect();
  const { innerHeight: height, innerWidth: width } = window;
  const across = left < marginPx ? marginPx - left : Math.min(0, width - marginPx - right);
  const down = top < marginPx ? marginPx - top : Math.min(0, height - marginPx - bottom);
  panel.style.translate = `${Math.max(across, marginPx - left)}px ${Math.max(down, marginPx - top)}px`;
};

/** A button and what it opens over the page. The browser closes it on Esc or a click elsewhere and gives the focus back. */
export const Popover = ({
  trigger,
  kind,
  icon,
  label,
  has,
  align = 'start',
  handle,
  children,
  ...rest
}: PopoverProps) => {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = (): void => panel.current?.hidePopover();
  useImperativeHandle(handle, () => ({ open: () => panel.current?.showPopover(), close }));
  useEffect(() => {
    const element = panel.current;
    if (!isOpen || !element) return;
    const observer = new ResizeObserver(() => keepInWindow(element));
    observer.observe(element);
    return () => observer.disconnect();
  }, [isOpen]);
  return (
    <>
      <Button
        ref={button}
        popoverTarget={id}
        aria-haspopup={has}
        aria-expanded={isOpen}
        className={rest.triggerClassName}
        {...(label ? { 'aria-label': label, title: label } : {})}
        {...(kind ? { kind } : {})}
        {...(icon ? { icon } : {})}
        {...(rest.tabIndex === undefined ? {} : { tabIndex: rest.tabIndex })}
      >
        {trigger}
      </Button>
      <div
        id={id}
        ref={panel}
        popover="auto"
        className={clsx(styles.popover, rest.className)}
        onBeforeToggle={(event) => {
          const opens = event.newState === 'open';
          if (opens && button.current) Object.assign(event.currentTarget.style, placeBeside(button.current, align));
          setOpen(opens);
        }}
      >
        {isOpen && children(close)}
      </div>
    </>
  );
};
