import type { EventMetadata } from '@ims/contracts/recorded-event';
import { type Append, type EventLog, EventLogUnavailable, type LoggedEvent } from '@ims/platform/event-log/event-log';
import { type LogPlace, type Progress, pages } from './export-log.ts';
import { checkLogFile, eventsIn, type FileEvent, keysIn } from './log-file.ts';
import { LogProblem } from './log-problem.ts';
import { startEpoch, writeKeys } from './stored-keys.ts';

export type Imported = {
  readonly events: number;
  /** How many of them an earlier run had imported. */
  readonly alreadyThere: number;
  readonly keys: number;
  readonly epoch: number;
};

export type ImportOptions = {
  readonly file: string;
  /** Id of the master key at hand; keys wrapped by another one could never be opened here. */
  readonly masterKeyId: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
};

const keysAtOnce = 1_000;
const patienceMs = 60_000;

/**
 * Reads a complete file into an empty log, in the order of the log it was taken from; ids and bytes stay. What is in
 * the log already must be the beginning of the same file, else LogProblem: so an import that was cut off goes on.
 */
export const importLog = async ({ log, owner }: LogPlace, options: ImportOptions): Promise<Imported> => {
  const { file, masterKeyId, progress, signal } = options;
  const header = await checkLogFile(file);
  const alreadyThere = await compareWithLog(log, file);
  let batch = [];
  for await (const key of keysIn(file)) {
    if (key.wrapped !== null && key.masterKeyId !== masterKeyId) {
      throw new LogProblem(`The file's keys need master key ${key.masterKeyId}; this IMS_HOME has ${masterKeyId}.`);
    }
    batch.push(key);
    if (batch.length < keysAtOnce) continue;
    await writeKeys(owner, batch);
    batch = [];
  }
  await writeKeys(owner, batch);
  const epoch = await startEpoch(owner, header.sha256, header.epoch);

  let done = alreadyThere;
  for await (const append of appendsIn(file, alreadyThere)) {
    signal.throwIfAborted();
    await appendPatiently(log, append);
    done += append.events.length;
    progress(done, header.events);
  }
  return { events: header.events, alreadyThere, keys: header.keys, epoch };
};

/** How many of the file's events are in the log, from its beginning; throws LogProblem when something else is there. */
const compareWithLog = async (log: EventLog, file: string): Promise<number> => {
  const fileEvents = eventsIn(file);
  let count = 0;
  for await (const page of pages(log, await log.headPosition())) {
    for (const logged of page) {
      const next = await fileEvents.next();
      if (next.done || !isSame(next.value, logged)) {
        const what = count === 0 ? 'is not empty' : `has another event at place ${count + 1}`;
        throw new LogProblem(`The log ${what}: a file is imported into an empty log, or into one it was begun in.`);
      }
      count += 1;
    }
  }
  await fileEvents.return(undefined);
  return count;
};

const isSame = (event: FileEvent, logged: LoggedEvent): boolean =>
  event.stream === logged.stream &&
  event.revision === logged.revision &&
  event.type === logged.type &&
  event.schemaVersion === logged.schemaVersion &&
  event.data === logged.data &&
  event.metadata === logged.metadataText;

/** The appends that made the events after the first `skip`: neighbours of one command in one stream. */
async function* appendsIn(file: string, skip: number): AsyncGenerator<Append> {
  let number = 0;
  let append: Append | undefined;
  for await (const event of eventsIn(file)) {
    number += 1;
    if (number <= skip) continue;
    const metadata = metadataOf(event);
    const { type, schemaVersion, data } = event;
    const stored = { type, schemaVersion, data, metadata };
    if (append?.stream === event.stream && append.commandId === metadata.commandId) {
      append = { ...append, events: [...append.events, stored] };
      continue;
    }
    if (append) yield append;
    const expectedRevision = event.revision === 0 ? 'no-stream' : event.revision - 1;
    append = { stream: event.stream, expectedRevision, commandId: metadata.commandId, events: [stored], newKeys: [] };
  }
  if (append) yield append;
}

/** Logs write metadata as text made from the parsed form; a text that would not come back must not get lost silently. */
const metadataOf = ({ stream, revision, metadata }: FileEvent): EventMetadata => {
  const parsed = JSON.parse(metadata) as EventMetadata;
  if (JSON.stringify(parsed) === metadata) return parsed;
  throw new LogProblem(`The metadata of event ${revision} of ${stream} were not written by IMS.`);
};

const appendPatiently = async (log: EventLog, append: Append): Promise<void> => {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      const result = await log.append(append);
      if (result.outcome !== 'conflict') return;
      throw new LogProblem(`${append.stream} is at ${result.actualRevision}: somebody else writes to this log.`);
    } catch (error) {
      if (!(error instanceof EventLogUnavailable) || performance.now() >= end) throw error;
    }
  }
};
