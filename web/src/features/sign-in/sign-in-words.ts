import type { ExternalProblem } from '@ims/contracts/auth/external';
import { ApiError } from '#api/api-error.ts';
import type { Ended } from '../../paths.ts';

const externalWords: Record<ExternalProblem, string> = {
  refused: 'The other account did not let you in. Retry, or sign in with your password.',
  'not-linked': 'That account belongs to nobody here. Sign in with your password, or ask an administrator for access.',
  expired: 'That took too long. Start again.',
  unavailable: 'The other service does not answer right now. Sign in with your password, or retry in a moment.',
};

const endedWords: Record<Ended, string> = {
  session: 'Your session has ended. Sign in to go on where you were.',
  everywhere: 'You are signed out everywhere.',
  password: 'Your password is changed. Sign in with the new one.',
};

/** Why the person stands here, as a sentence above the form; nothing for somebody who just came. */
export const arrivalWords = (parameters: URLSearchParams): { problem?: string; notice?: string } => {
  const problem = Object.entries(externalWords).find(([name]) => name === parameters.get('external'))?.[1];
  if (problem) return { problem };
  const notice = Object.entries(endedWords).find(([name]) => name === parameters.get('ended'))?.[1];
  return notice ? { notice } : {};
};

/** What a refused sign-in says; the same for everything that may be wrong with a name and a password. */
export const refusedWords = (error: unknown): string => {
  if (!(error instanceof ApiError)) return 'Signing in did not work. Retry.';
  if (error.code === 'AUTHENTICATION_ERROR') return 'The username or the password is wrong.';
  if (error.code === 'CONNECTION_LOST') return 'There is no connection to the server. Retry.';
  if (error.code === 'RATE_LIMITED') return 'Too many attempts. Wait a minute, then retry.';
  return error.message;
};
