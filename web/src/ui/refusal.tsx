import { ApiError } from '#api/api-error.ts';
import styles from './refusal.module.css';

/** What a person can do about an answer that was no, in one or two sentences. */
export const refusalWords = (error: Error): string => {
  if (!(error instanceof ApiError)) return 'The answer could not be read. Reload the page to see what holds.';
  if (error.code === 'CONNECTION_LOST') return 'There is no connection to the server. Retry in a moment.';
  if (error.status === 429) return 'That were many requests at once. Retry in a minute.';
  if (error.status >= 500) return 'The server cannot save right now. Retry in a moment.';
  const rest = error.details.map(({ message }) => message);
  return [error.message, ...rest.filter((message) => !error.message.includes(message))]
    .map((sentence) => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`))
    .join(' ');
};

/** The messages that belong to fields, by the field's name. */
export const fieldRefusals = (error: Error | null): Readonly<Record<string, string>> =>
  error instanceof ApiError ? Object.fromEntries(error.details.map(({ field, message }) => [field, message])) : {};

/** A refusal, standing where it happened. */
export const Refusal = ({ text }: { readonly text: string }) => (
  <p className={styles.refusal} role="alert">
    {text}
  </p>
);
