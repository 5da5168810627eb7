import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Person, type PersonOptions, signIn, type Tally } from './http-person.ts';

export type PeopleOptions = {
  readonly url: string;
  readonly siteIds: readonly string[];
  readonly writers: number;
  readonly readers: number;
  /** See `PersonOptions`. */
  readonly patienceMs: number;
};

/** What a writer was told of a record; `token` stands for the last command about it. */
type Acknowledged = {
  readonly id: string;
  readonly siteId: string;
  readonly word: string;
  revision: number;
  location: string;
  token: string | undefined;
};

export type WorkReport = Tally & {
  readonly written: number;
  readonly read: number;
  /** What a reader was shown although it was older than what it had asked for, or missing. */
  readonly stale: readonly string[];
};

export type PeopleAtWork = {
  /** Lets everybody finish what is under way. */
  rest(): Promise<void>;
  /** Asks for every record once more and compares; answers what happened in all. */
  report(): Promise<WorkReport>;
};

type Office = {
  readonly options: PeopleOptions;
  readonly tally: Tally;
  readonly records: Acknowledged[];
  readonly stale: string[];
  readonly signal: AbortSignal;
  read: number;
  written: number;
};

const fields = {
  type: 'Meeting',
  lead: 'Elias Editor',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
};

/** Writers create and change records, readers ask for what was acknowledged; every answer is checked. */
export const putPeopleToWork = async (options: PeopleOptions): Promise<PeopleAtWork> => {
  const stopping = new AbortController();
  const tally: Tally = { requests: 0, retried: 0, failed: [] };
  const { signal } = stopping;
  const office: Office = { options, tally, records: [], stale: [], signal, read: 0, written: 0 };
  const { url, patienceMs, writers, readers } = options;
  const someone = (username: string): Promise<Person> =>
    signIn({ url, username, tally, patienceMs } satisfies PersonOptions);
  const people = await Promise.all(
    Array.from({ length: writers + readers }, (_, at) => someone(at % 2 ? 'editor' : 'admin')),
  );
  const work = people.map((person, at) => (at < writers ? write(office, person, at) : read(office, person)));
  return {
    rest: async () => {
      stopping.abort();
      await Promise.all(work);
    },
    report: async () => {
      const checkers = people.slice(0, Math.max(1, readers));
      await Promise.all(checkers.map((person, at) => checkAll(office, person, at, checkers.length)));
      const { written, read: reads, stale } = office;
      return { ...tally, written, read: reads, stale };
    },
  };
};

const write = async (office: Office, person: Person, at: number): Promise<void> => {
  const { siteIds } = office.options;
  for (let number = 0; !office.signal.aborted; number += 1) {
    const siteId = siteIds[(at + number) % siteIds.length] ?? '';
    const word = `quokka${at}n${number}x${randomUUID().slice(0, 6)}`;
    const made = await person.call({
      method: 'POST',
      path: '/api/v1/interactions',
      siteId,
      body: { ...fields, title: `Visit of ${word}` },
      idempotencyKey: randomUUID(),
    });
    if (made?.status !== 201) continue;
    office.written += 1;
    const { id, revision } = made.body.interaction;
    const record: Acknowledged = { id, siteId, word, revision, location: '', token: made.token };
    office.records.push(record);
    await change(office, person, record, `Room ${number}`);
  }
};

const change = async (office: Office, person: Person, record: Acknowledged, location: string): Promise<void> => {
  const changed = await person.call({
    method: 'PATCH',
    path: `/api/v1/interactions/${record.id}`,
    siteId: record.siteId,
    body: { location },
    idempotencyKey: randomUUID(),
  });
  if (changed?.status !== 200) return;
  office.written += 1;
  record.revision = changed.body.interaction.revision;
  record.location = location;
  record.token = changed.token;
};

const read = async (office: Office, person: Person): Promise<void> => {
  while (!office.signal.aborted) {
    const { records } = office;
    // One of the newest more often than not: that is where something could be missing.
    const back = Math.floor(Math.random() ** 3 * records.length);
    const record = records[records.length - 1 - back];
    if (!record) {
      await delay(20);
      continue;
    }
    await (office.read % 2 === 0 ? readRecord(office, person, record) : search(office, person, record));
    office.read += 1;
  }
};

const readRecord = async (office: Office, person: Person, record: Acknowledged): Promise<void> => {
  const { revision, token } = record;
  const answer = await person.call({
    method: 'GET',
    path: `/api/v1/interactions/${record.id}`,
    siteId: record.siteId,
    token,
  });
  if (!answer) return;
  const seen = answer.status === 200 ? answer.body.interaction.revision : -1;
  if (seen < revision) office.stale.push(`${record.id}: revision ${seen} where ${revision} was acknowledged`);
};

const search = async (office: Office, person: Person, record: Acknowledged): Promise<void> => {
  const { revision, token } = record;
  const answer = await person.call({
    method: 'GET',
    path: `/api/v1/interactions?search=${record.word}`,
    siteId: record.siteId,
    token,
  });
  if (!answer) return;
  const [found] = answer.status === 200 ? answer.body.interactions : [];
  const seen = found?.id === record.id ? found.revision : -1;
  if (seen < revision)
    office.stale.push(`search for ${record.word}: revision ${seen} where ${revision} was acknowledged`);
};

const checkAll = async (office: Office, person: Person, at: number, of: number): Promise<void> => {
  for (let number = at; number < office.records.length; number += of) {
    const record = office.records[number];
    if (!record) continue;
    await readRecord(office, person, record);
    await search(office, person, record);
  }
};
