import { EngineRefused } from '@ims/platform/process/engine-refused';

/** A reason not to start that the operator can mend: printed as it is, exit code 1, no stack. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}

type SystemError = { readonly code?: string; readonly message: string };

/** The sentence for what went wrong while starting. */
export const startSentence = (error: unknown): string => {
  if (error instanceof Error && error.message !== '') return error.message;
  if (error instanceof AggregateError) return error.errors.map(startSentence).join('; ');
  return String(error);
};

/** Turns what a PostgreSQL client says about an address into a sentence about DATABASE_URL. */
export const databaseProblem = (url: string, error: unknown): Error => {
  const { host } = new URL(url);
  const { code, message } = firstOf(error);
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: `nothing answers at ${host}`,
    ENOTFOUND: `there is no host ${host}`,
    EAI_AGAIN: `the host ${host} cannot be looked up`,
    ETIMEDOUT: `${host} does not answer`,
    '28P01': `${host} refuses this user and password`,
    '28000': `${host} refuses this user`,
    '3D000': `${host} has no such database`,
    '42501': 'its user may not create roles or schemas',
  };
  const sentence = `DATABASE_URL does not work: ${reasons[code ?? ''] ?? message}.`;
  const isRefusal = /^(?:28P01|28000|3D000|42501)$/.test(code ?? '');
  return isRefusal ? new EngineRefused(sentence, { cause: error }) : new StartProblem(sentence, { cause: error });
};

const firstOf = (error: unknown): SystemError => {
  if (error instanceof AggregateError) return firstOf(error.errors[0]);
  return error instanceof Error ? error : { message: String(error) };
};
