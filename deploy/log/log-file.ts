import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { z } from 'zod';
import { LogProblem } from './log-problem.ts';

/** First line: what follows, keys before events. `epoch` is that of the log it was taken from. */
const Header = z.strictObject({
  format: z.literal('ims-log'),
  version: z.literal(1),
  epoch: z.int().min(1),
  keys: z.int().min(0),
  events: z.int().min(0),
});
/** `wrapped` is base64, null for a key that was deleted and must not come back; instants are ISO 8601. */
const FileKey = z.strictObject({
  subject: z.string(),
  masterKeyId: z.string(),
  wrapped: z.base64().nullable(),
  createdAt: z.iso.datetime(),
  erasedAt: z.iso.datetime().nullable(),
});
/** `data` and `metadata` are the texts as they are stored, byte for byte. */
const FileEvent = z.strictObject({
  stream: z.string(),
  revision: z.int().min(0),
  type: z.string(),
  schemaVersion: z.int(),
  data: z.string(),
  metadata: z.string(),
});
/** Last line. `sha256` (hexadecimal) is that of all bytes before it. */
const End = z.strictObject({ keys: z.int(), events: z.int(), sha256: z.string() });

const Line = z.union([
  z.strictObject({ header: Header }),
  z.strictObject({ key: FileKey }),
  z.strictObject({ event: FileEvent }),
  z.strictObject({ end: End }),
]);

export type Header = z.infer<typeof Header>;
export type FileKey = z.infer<typeof FileKey>;
export type FileEvent = z.infer<typeof FileEvent>;
type Line = z.infer<typeof Line>;

export type LogFileWriter = {
  key(key: FileKey): Promise<void>;
  event(event: FileEvent): Promise<void>;
  /** Proves the file complete and gives it its name. */
  end(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
};

/** Writes under another name until it is complete, for this user's eyes only. Throws LogProblem when the file is there. */
export const createLogFile = async (
  file: string,
  header: Omit<Header, 'format' | 'version'>,
): Promise<LogFileWriter> => {
  const draft = `${file}.partial`;
  await rm(draft, { force: true });
  const output = createWriteStream(draft, { mode: 0o600, flags: 'wx' });
  await once(output, 'open').catch((cause) => {
    throw new LogProblem(`The file ${draft} cannot be written.`, { cause });
  });
  const failed = new Promise<never>((_, reject) => output.once('error', reject));
  failed.catch(() => undefined);
  const hash = createHash('sha256');
  const counts = { keys: 0, events: 0 };
  const write = async (line: Line): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    if (!output.write(text)) await Promise.race([once(output, 'drain'), failed]);
  };
  await write({ header: { format: 'ims-log', version: 1, ...header } });
  return {
    key: async (key) => {
      counts.keys += 1;
      await write({ key });
    },
    event: async (event) => {
      counts.events += 1;
      await write({ event });
    },
    end: async () => {
      output.end(`${JSON.stringify({ end: { ...counts, sha256: hash.digest('hex') } })}\n`);
      await Promise.race([once(output, 'close'), failed]);
      await keep(draft, file);
    },
    discard: async () => {
      output.destroy();
      await rm(draft, { force: true });
    },
  };
};

/** On disk before it has its name; never in the place of another file. */
const keep = async (draft: string, file: string): Promise<void> => {
  const handle = await open(draft, 'r+');
  await handle.sync().finally(() => handle.close());
  await link(draft, file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EEXIST' ? 'is there already' : 'cannot be written';
    throw new LogProblem(`The file ${file} ${why}.`, { cause });
  });
  await rm(draft);
};

/** Reads the whole file once; throws LogProblem unless it is complete and unchanged. */
export const checkLogFile = async (file: string): Promise<Header & { readonly sha256: string }> => {
  const hash = createHash('sha256');
  const counts = { keys: 0, events: 0 };
  let header: Header | undefined;
  let sha256: string | undefined;
  for await (const { text, line } of linesOf(file)) {
    if (sha256 !== undefined) throw new LogProblem(`${file} goes on after its last line.`);
    if ('end' in line) {
      sha256 = hash.digest('hex');
      assertEnd(file, line.end, { ...counts, sha256 }, header);
      continue;
    }
    hash.update(`${text}\n`);
    if ('header' in line) header ??= line.header;
    else counts['key' in line ? 'keys' : 'events'] += 1;
  }
  if (!header) throw new LogProblem(`${file} is not an exported log.`);
  if (sha256 === undefined) throw new LogProblem(`${file} is cut off: its closing line is missing.`);
  return { ...header, sha256 };
};

const assertEnd = (
  file: string,
  end: z.infer<typeof End>,
  found: z.infer<typeof End>,
  header: Header | undefined,
): void => {
  const complete = found.keys === header?.keys && found.events === header.events && end.events === found.events;
  if (!complete)
    throw new LogProblem(`${file} holds ${found.events} events; its first line promises ${header?.events}.`);
  if (end.sha256 !== found.sha256)
    throw new LogProblem(`${file} was changed: its SHA-256 is not that of its last line.`);
};

/** The keys, or the events, of a file that `checkLogFile` found complete. */
export async function* keysIn(file: string): AsyncGenerator<FileKey> {
  for await (const { line } of linesOf(file)) {
    if ('event' in line) return;
    if ('key' in line) yield line.key;
  }
}

export async function* eventsIn(file: string): AsyncGenerator<FileEvent> {
  for await (const { line } of linesOf(file)) if ('event' in line) yield line.event;
}

/** Not node:readline, which takes U+2028 for the end of a line. */
async function* linesOf(file: string): AsyncGenerator<{ readonly text: string; readonly line: Line }> {
  let number = 0;
  let rest = '';
  for await (const chunk of readable(file)) {
    const texts = (rest + chunk).split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      number += 1;
      yield { text, line: parseLine(file, number, text) };
    }
  }
  if (rest !== '') throw new LogProblem(`${file} is cut off in line ${number + 1}.`);
}

async function* readable(file: string): AsyncGenerator<string> {
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1_048_576 }))
      yield String(chunk);
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw new LogProblem(`${file} cannot be read.`, { cause });
    throw cause;
  }
}

const parseLine = (file: string, number: number, text: string): Line => {
  try {
    return Line.parse(JSON.parse(text));
  } catch (cause) {
    throw new LogProblem(`Line ${number} of ${file} is not a line of an exported log.`, { cause });
  }
};
