import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../observability/logger.ts';
import { EngineRefused } from './engine-refused.ts';

const shortestBackOffMs = 200;
const longestBackOffMs = 5_000;

export type EngineWait = {
  readonly logger: Logger;
  /** Ends the waiting; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
};

/**
 * Tries until the engine answers, for ever and with growing pauses (at most 5 s). Says one sentence when it does not,
 * another when the reason changes, and one when it does after all. Rejects with `EngineRefused` at once.
 */
export const untilEngineAnswers = async <Result>(
  engine: string,
  attempt: () => Promise<Result>,
  { logger, signal }: EngineWait,
): Promise<Result> => {
  let said: string | undefined;
  for (let pauseMs = shortestBackOffMs; ; pauseMs = Math.min(2 * pauseMs, longestBackOffMs)) {
    try {
      const result = await attempt();
      if (said !== undefined) logger.warn({ operation: 'start' }, `${engine} answers now.`);
      return result;
    } catch (error) {
      if (error instanceof EngineRefused) throw error;
      const sentence = `${engine} cannot be used yet (${reasonOf(error)}); trying again until it can.`;
      if (sentence !== said) logger.warn({ operation: 'start' }, sentence);
      said = sentence;
    }
    await delay(pauseMs, undefined, { signal });
  }
};

/** The shortest words that tell an operator what is wrong: a code of the system, or the message. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/\.$/, '');
  if (message !== '') return message;
  return 'code' in error ? String(error.code) : error.name;
};
