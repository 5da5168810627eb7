import { useBeforeUnload, useBlocker } from 'react-router';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { paths } from '../paths.ts';

type LeaveGuardProps = {
  /** Asked when somebody is about to leave. */
  readonly isUnsaved: () => boolean;
  readonly discard: () => void;
};

/** Asks before unsaved text is left behind. Searching beside the form is not leaving; signing in again keeps the text. */
export const LeaveGuard = ({ isUnsaved, discard }: LeaveGuardProps) => {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname &&
      !nextLocation.pathname.startsWith(paths.signIn()) &&
      isUnsaved(),
  );
  useBeforeUnload((event) => {
    if (isUnsaved()) event.preventDefault();
  });
  if (blocker.state !== 'blocked') return null;
  return (
    <Dialog
      title="Leave without saving?"
      close={blocker.reset}
      actions={
        <>
          <Button
            onClick={() => {
              discard();
              blocker.proceed();
            }}
          >
            Discard changes
          </Button>
          <Button kind="primary" data-autofocus onClick={blocker.reset}>
            Keep editing
          </Button>
        </>
      }
    >
      <p>What you typed is not saved yet.</p>
    </Dialog>
  );
};
