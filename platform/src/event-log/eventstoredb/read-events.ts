import type { AllStreamResolvedEvent, ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { isStreamNotFound, NoAnswer } from './failures.ts';
import type { Recorded } from './stored-form.ts';

/** Told of each event; `enough` ends the read early. */
export type Visit = (event: Recorded) => 'more' | 'enough';

/** A read that shows no event for so long has no answer; the client sets no deadline on reads. */
const silenceMs = 5_000;

/**
 * Reads to the end or until `visit` has enough. Says whether the end was reached. A stream that is not there has no
 * events. Rejects with the client's error, or with NoAnswer after 5 s of silence.
 */
export const readEvents = (
  read: StreamingRead<ResolvedEvent | AllStreamResolvedEvent>,
  visit: Visit,
): Promise<'end' | 'enough'> =>
  new Promise((resolve, reject) => {
    let settled = false;
    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      finish();
    };
    const stop = (): void => void read.cancel().catch(() => undefined);
    const timer = setTimeout(() => {
      stop();
      settle(() => reject(new NoAnswer(`No event within ${silenceMs} ms.`)));
    }, silenceMs);
    const take = ({ event }: ResolvedEvent | AllStreamResolvedEvent): void => {
      timer.refresh();
      if (settled || !event || visit(event) === 'more') return;
      stop();
      settle(() => resolve('enough'));
    };
    read.on('data', (resolved: ResolvedEvent | AllStreamResolvedEvent) => {
      try {
        take(resolved);
      } catch (error) {
        stop();
        settle(() => reject(error));
      }
    });
    read.on('end', () => settle(() => resolve('end')));
    read.on('error', (error) => settle(() => (isStreamNotFound(error) ? resolve('end') : reject(error))));
  });
