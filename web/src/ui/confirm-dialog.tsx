import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

export type ConfirmDialogProps = {
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly children: ReactNode;
  readonly verb: string;
  readonly isDestructive?: boolean;
  readonly run: () => void;
  readonly close: () => void;
};

/** Asks back before something is done that matters. */
export const ConfirmDialog = ({ title, children, verb, isDestructive = false, run, close }: ConfirmDialogProps) => (
  <Dialog
    title={title}
    close={close}
    actions={
      <>
        <Button onClick={close}>Cancel</Button>
        <Button
          kind={isDestructive ? 'danger' : 'primary'}
          data-autofocus
          onClick={() => {
            close();
            run();
          }}
        >
          {verb}
        </Button>
      </>
    }
  >
    {children}
  </Dialog>
);
