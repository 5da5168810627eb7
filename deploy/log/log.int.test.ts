import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool } from '@ims/platform/database/pool';
import { derivedUuid, timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import type { Append } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { openEventLog } from '@ims/platform/event-log/open-event-log';
import { describeOn, eventStore } from '@ims/platform/testing/engines';
import type { TestServer } from '@ims/platform/testing/server-process';
import { appendOf } from '@ims/platform/testing/stored-events';
import { createTestDatabase } from '@ims/platform/testing/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportLog, type LogPlace } from './export-log.ts';
import { importLog } from './import-log.ts';

const masterKeyId = 'master';
const commands = 20;

/** Places opened by a test, closed after it. */
const opened: (() => Promise<unknown>)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ims-log-'));
});
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
  await rm(folder, { recursive: true, force: true });
});

const openPlace = async (eventStoreUrl?: string): Promise<LogPlace> => {
  const database = await createTestDatabase(eventLogMigrations);
  const owner = createPool({ url: database.url(), applicationName: 'test' });
  const choice = { EVENT_LOG: eventStoreUrl ? 'eventstoredb' : 'postgres', EVENTSTORE_URL: eventStoreUrl } as const;
  const log = await openEventLog(choice, { databaseUrl: database.url('ims_command'), applicationName: 'moved-log' });
  opened.push(
    () => log.close(),
    () => owner.end(),
    () => database.drop(),
  );
  return { log, owner };
};

/** Commands with and without idempotency key, of one event and of several, with texts that are easily broken. */
const fill = async ({ log, owner }: LogPlace): Promise<readonly Append[]> => {
  const appends: Append[] = [];
  for (let number = 0; number < commands; number += 1) {
    const stream = `note-${randomUUID()}`;
    const commandId = number % 2 === 0 ? timeOrderedUuid() : derivedUuid(stream, 'key');
    const data = JSON.stringify({ text: `é😀\u2028\u2029\\n{}'"${'long text '.repeat(number * 500)}` });
    const key = { subject: stream, masterKeyId, wrapped: Buffer.alloc(40, number) };
    const first = appendOf(stream, 'no-stream', { count: 1 + (number % 3), commandId, data });
    appends.push(first);
    await log.append({ ...first, newKeys: [key] });
    await log.append(appendOf(stream, 'any', { count: 2 }));
    if (number % 5 === 0) await createPostgresKeyStore(owner).erase(stream);
  }
  return appends;
};

const fileNamed = (name: string): string => join(folder, name);
const withoutLine = (text: string, number: number): string => text.split('\n').toSpliced(number, 1).join('\n');
const { signal } = new AbortController();
const options = { masterKeyId, progress: () => undefined, signal };

/** All lines but the first and the last, which tell of the epoch. */
const contentOf = async (file: string): Promise<readonly string[]> =>
  (await readFile(file, 'utf8')).trimEnd().split('\n').slice(1, -1);

const moveOn = async (from: LogPlace, to: LogPlace, name: string): Promise<string> => {
  const file = fileNamed(name);
  await exportLog(from, file, () => undefined);
  await importLog(to, { ...options, file });
  return file;
};

/** The text of one exported log, the same for all tests that damage it. */
let exportedText: string | undefined;
const exported = async (): Promise<string> => {
  if (exportedText !== undefined) return exportedText;
  const from = await openPlace();
  await fill(from);
  await exportLog(from, fileNamed('whole.ndjson'), () => undefined);
  exportedText = await readFile(fileNamed('whole.ndjson'), 'utf8');
  return exportedText;
};

describe('moving a log', () => {
  it('keeps every event and key of a log in PostgreSQL, byte for byte, and starts a new epoch', async () => {
    const [first, second] = [await openPlace(), await openPlace()];
    await fill(first);
    const file = await moveOn(first, second, 'first.ndjson');
    await exportLog(second, fileNamed('second.ndjson'), () => undefined);

    const content = await contentOf(file);
    expect(content.length).toBeGreaterThan(commands * 3);
    expect(await contentOf(fileNamed('second.ndjson'))).toEqual(content);
    expect([await first.log.epoch(), await second.log.epoch()]).toEqual([1, 2]);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('goes on where an import was cut off, and does it once', async () => {
    const [from, to] = [await openPlace(), await openPlace()];
    await fill(from);
    const file = fileNamed('log.ndjson');
    const { events } = await exportLog(from, file, () => undefined);
    const stop = new AbortController();
    const progress = (done: number): void => {
      if (done > events / 2) stop.abort();
    };
    await expect(importLog(to, { ...options, file, progress, signal: stop.signal })).rejects.toThrow('aborted');

    const again = await importLog(to, { ...options, file });
    const third = await importLog(to, { ...options, file });

    expect(again.alreadyThere).toBeGreaterThan(events / 2);
    expect(again.alreadyThere).toBeLessThan(events);
    expect(third).toEqual({ events, alreadyThere: events, keys: commands, epoch: 2 });
    expect(await to.log.countAfter(0n, 10_000)).toBe(events);
  });

  it('refuses a log that is not the beginning of the file', async () => {
    const [from, to] = [await openPlace(), await openPlace()];
    await fill(from);
    const file = fileNamed('log.ndjson');
    await exportLog(from, file, () => undefined);
    await to.log.append(appendOf(`note-${randomUUID()}`, 'no-stream'));

    await expect(importLog(to, { ...options, file })).rejects.toThrow('The log is not empty');
    expect(await to.log.countAfter(0n, 10)).toBe(1);
    expect(await to.log.epoch()).toBe(1);
  });

  it.each([
    ['cut off within a line', (text: string) => text.slice(0, -50), 'is cut off in line'],
    ['without its last line', (text: string) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`, 'cut off'],
    ['without one of its events', (text: string) => withoutLine(text, commands + 5), 'its first line promises'],
    ['with one changed letter', (text: string) => text.replace('long text', 'lost text'), 'was changed'],
    ['that is something else', () => 'title;start\nVisit;2026-03-15\n', 'Line 1 of'],
  ])('refuses a file %s, and writes nothing', async (_, damage, sentence) => {
    const to = await openPlace();
    const file = fileNamed('damaged.ndjson');
    await writeFile(file, damage(await exported()));

    await expect(importLog(to, { ...options, file })).rejects.toThrow(sentence);
    expect(await to.log.headPosition()).toBe(0n);
  });

  it('refuses keys of another master key, and a file that would be written over', async () => {
    const [from, to] = [await openPlace(), await openPlace()];
    await fill(from);
    const file = fileNamed('log.ndjson');
    await exportLog(from, file, () => undefined);

    await expect(importLog(to, { ...options, file, masterKeyId: 'other' })).rejects.toThrow('need master key master');
    await expect(exportLog(from, file, () => undefined)).rejects.toThrow('is there already');
  });
});

describeOn({ name: 'EventStoreDB', own: true }, 'moving a log to EventStoreDB and back', () => {
  let node: TestServer;
  beforeAll(async () => {
    node = await eventStore({ own: true });
  }, 120_000);
  afterAll(() => node?.close());

  it('keeps every event, key and idempotency key, over three epochs', async () => {
    const [first, second, third] = [await openPlace(), await openPlace(node.url), await openPlace()];
    const appends = await fill(first);
    const file = await moveOn(first, second, 'first.ndjson');
    const back = await moveOn(second, third, 'second.ndjson');
    await exportLog(third, fileNamed('third.ndjson'), () => undefined);

    const content = await contentOf(file);
    expect(await contentOf(back)).toEqual(content);
    expect(await contentOf(fileNamed('third.ndjson'))).toEqual(content);
    expect(await Promise.all([first, second, third].map(({ log }) => log.epoch()))).toEqual([1, 2, 3]);
    const [, keyed] = appends;
    if (!keyed) throw new Error('Nothing was appended.');
    expect(await second.log.append(keyed)).toMatchObject({ outcome: 'repeated', stream: keyed.stream });
  }, 120_000);
});
