import type { EventLog, LoggedEvent } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import { createLogFile } from './log-file.ts';
import { readKeys } from './stored-keys.ts';

/** A log and the database of its keys and epochs, as the owner. */
export type LogPlace = { readonly log: EventLog; readonly owner: pg.Pool };

export type Progress = (done: number, total: number) => void;

export type Exported = { readonly events: number; readonly keys: number };

const pageSize = 2_000;

/**
 * Writes the log as it is now: what is appended meanwhile stays out. Keys are read after the head, because a key is
 * stored before or together with the first event sealed under it.
 */
export const exportLog = async ({ log, owner }: LogPlace, file: string, progress: Progress): Promise<Exported> => {
  const head = await log.headPosition();
  let total = 0;
  for await (const page of pages(log, head)) total += page.length;
  const keys = await readKeys(owner);
  const writer = await createLogFile(file, { epoch: await log.epoch(), keys: keys.length, events: total });
  try {
    for (const key of keys) await writer.key(key);
    let done = 0;
    for await (const page of pages(log, head)) {
      for (const { stream, revision, type, schemaVersion, data, metadataText } of page) {
        await writer.event({ stream, revision, type, schemaVersion, data, metadata: metadataText });
      }
      done += page.length;
      progress(done, total);
    }
    await writer.end();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return { events: total, keys: keys.length };
};

/** The whole log up to the position, page by page. */
export async function* pages(log: Pick<EventLog, 'readAll'>, head: bigint): AsyncGenerator<readonly LoggedEvent[]> {
  let position = 0n;
  while (position < head) {
    const events = (await log.readAll(position, pageSize)).filter((event) => event.position <= head);
    const last = events.at(-1);
    if (!last) return;
    yield events;
    position = last.position;
  }
}
