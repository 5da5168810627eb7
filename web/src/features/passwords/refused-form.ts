import { ApiError } from '#api/api-error.ts';

/** What a refused form says: sentences beside its fields, and one for what belongs to none. */
export type RefusedForm<Name extends string> = {
  readonly fields: Partial<Record<Name, string>>;
  readonly problem?: string;
};

const generalWords = (error: unknown): string => {
  if (!(error instanceof ApiError)) return 'That did not work. Retry.';
  if (error.code === 'CONNECTION_LOST') return 'There is no connection to the server. Retry.';
  if (error.code === 'RATE_LIMITED') return 'Too many attempts. Wait a minute, then retry.';
  return error.status < 500 ? error.message : 'The server cannot answer right now. Retry in a moment.';
};

/** Sorts a refusal into the fields of the form it answers. Several sentences for one field stand after each other. */
export const readRefused = <Name extends string>(error: unknown, names: readonly Name[]): RefusedForm<Name> => {
  if (!error) return { fields: {} };
  const details = error instanceof ApiError ? error.details : [];
  const fields: Partial<Record<Name, string>> = {};
  const rest: string[] = [];
  for (const { field, message } of details) {
    const name = names.find((known) => known === field);
    if (name) fields[name] = fields[name] ? `${fields[name]}. ${message}` : message;
    else rest.push(message);
  }
  if (rest.length) return { fields, problem: rest.join('. ') };
  return details.length ? { fields } : { fields, problem: generalWords(error) };
};
