import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '#api/api-error.ts';
import { Button } from './button.tsx';
import styles from './data-state.module.css';

type DataStateProps = { readonly title: string; readonly text?: ReactNode; readonly children?: ReactNode };

/** What stands where data would be: nothing yet, nothing found, or why it is missing. */
export const DataState = ({ title, text, children }: DataStateProps) => (
  <div className={styles.state}>
    <h2 className={styles.title}>{title}</h2>
    {text && <p className={styles.text}>{text}</p>}
    {children && <div className={styles.actions}>{children}</div>}
  </div>
);

const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const advice = (error: unknown): string => {
  if (!(error instanceof ApiError)) return 'The page ran into something it does not know. Reload it.';
  if (error.code === 'CONNECTION_LOST') return 'There is no connection to the server. Check the network, then retry.';
  if (error.code === 'AUTHORIZATION_ERROR')
    return 'Your role on this site does not allow this. An administrator of the site can change that.';
  if (error.code === 'PROJECTION_LAGGING') return 'The server is catching up. Retry in a moment.';
  if (error.status === 503) return 'The server cannot answer right now. Retry in a moment.';
  if (error.status === 429) return 'That were many requests at once. Retry in a minute.';
  return error.status < 500
    ? asSentence(error.message)
    : 'The server could not answer. Retry; if it stays, send the support code to your administrator.';
};

type ErrorStateProps = {
  readonly title: string;
  readonly error: unknown;
  readonly retry?: () => void;
  readonly children?: ReactNode;
};

export const ErrorState = ({ title, error, retry, children }: ErrorStateProps) => {
  const supportCode = error instanceof ApiError ? error.requestId : '';
  // What was asked cannot be answered: nothing is broken, and asking again would not help.
  if (error instanceof ApiError && error.status === 400)
    return <DataState title={asSentence(error.message)}>{children}</DataState>;
  return (
    <div className={styles.state} role="alert">
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{advice(error)}</p>
      <div className={styles.actions}>
        {retry && <Button onClick={retry}>Retry</Button>}
        {children}
        {supportCode && (
          <Button kind="quiet" onClick={() => navigator.clipboard.writeText(supportCode)}>
            Copy support code
          </Button>
        )}
      </div>
      {supportCode && <span className={styles.code}>{supportCode}</span>}
    </div>
  );
};

/** True once something has been going on for so long that it should show (150 ms). */
export const useLongerThan = (isGoingOn: boolean, milliseconds = 150): boolean => {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return setLong(false);
    const timer = setTimeout(() => setLong(true), milliseconds);
    return () => clearTimeout(timer);
  }, [isGoingOn, milliseconds]);
  return isLong;
};
