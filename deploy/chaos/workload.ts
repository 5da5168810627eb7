import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { headers } from '@ims/contracts/site-scope';
import { commandIdFor } from '@ims/platform/event-log/derived-ids';
import { demoPassword } from '../demo/demo-organization.ts';
import type { History, Operation } from './history.ts';
import type { Random } from './random.ts';

export type Site = { readonly id: string; readonly name: string };

type Answer = { readonly status: number; readonly headers: Headers; readonly body: Body };
// biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field
type Body = any;

type Request = {
  readonly method: string;
  readonly path: string;
  readonly siteId: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

type CallOptions = { readonly patienceMs?: number; readonly url?: string; readonly onTry?: () => void };

/** Somebody signed in who tries again as the web app does. */
export type Person = {
  readonly userId: string;
  /** The answer, or nothing when none came within the patience; `url` to ask one process. */
  call(request: Request, options?: CallOptions): Promise<Answer | undefined>;
};

const longestCallMs = 12_000;
const pauseMs = 25;

const isTransient = ({ status, body }: Answer): boolean =>
  status >= 500 || status === 429 || (status === 401 && body?.error?.code === 'AUTHENTICATION_ERROR');

export const signIn = async (url: string, username: string, history: History): Promise<Person> => {
  let token = '';
  const renew = async (): Promise<Body> => {
    const answer = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: demoPassword }),
      signal: AbortSignal.timeout(longestCallMs),
    });
    const body: Body = await answer.json();
    if (answer.status !== 200) throw new Error(`${username} cannot sign in: ${JSON.stringify(body)}`);
    token = body.token;
    return body.user;
  };
  const user = await renew();
  const send = async (to: string, { method, path, siteId, body, headers: given }: Request): Promise<Answer> => {
    const answer = await fetch(to + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        [headers.siteId]: siteId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...given,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(longestCallMs),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    userId: user.id,
    call: async (request, { patienceMs = 60_000, url: to = url, onTry } = {}) => {
      const deadline = performance.now() + patienceMs;
      do {
        onTry?.();
        const answer = await send(to, request).catch(() => undefined);
        if (answer && !isTransient(answer)) return answer;
        history.retried += 1;
        if (answer?.status === 401) await renew().catch(() => undefined);
        await delay(pauseMs);
      } while (performance.now() < deadline);
      return undefined;
    },
  };
};

type Known = { id: string; siteId: string; revision: number; status: string };

export type WorkloadOptions = {
  readonly people: readonly Person[];
  readonly sites: readonly Site[];
  readonly history: History;
  readonly random: Random;
  readonly signal: AbortSignal;
};

/** Coordinators who write and read what they wrote, each in their own records, until told to stop. */
export const runWriters = async ({ people, sites, history, random, signal }: WorkloadOptions): Promise<void> => {
  await Promise.all(
    people.map(async (person) => {
      const own: Known[] = [];
      while (!signal.aborted) {
        await writeOnce(person, { sites, history, random, own });
        await delay(pauseMs);
      }
    }),
  );
};

type Writing = Pick<WorkloadOptions, 'sites' | 'history' | 'random'> & { readonly own: Known[] };

export const writeOnce = async (person: Person, writing: Writing): Promise<Operation> => {
  const { history, random, own, sites } = writing;
  const known = own.length > 0 && random.next() < 0.4 ? random.pick(own) : undefined;
  const kind = !known ? 'create' : random.next() < 0.7 ? 'edit' : 'status';
  const site = known ? { id: known.siteId, name: nameOf(sites, known.siteId) } : random.pick(sites);
  const key = randomUUID();
  let tries = 0;
  const answer = await person.call(requestOf(kind, { site, key, known }), {
    onTry: () => {
      tries += 1;
    },
  });
  const isDone = answer !== undefined && answer.status < 300;
  const record: Known | undefined = isDone
    ? {
        id: answer.body.interaction.id,
        siteId: site.id,
        revision: answer.body.interaction.revision,
        status: answer.body.interaction.status,
      }
    : undefined;
  const answeredAt = performance.now();
  const operation: Operation = {
    commandId: commandIdFor(person.userId, key),
    siteId: site.id,
    kind,
    outcome: answer === undefined ? 'unknown' : isDone ? 'acknowledged' : 'refused',
    recordId: record?.id,
    revision: record?.revision,
    answeredAt,
    tries,
  };
  history.operations.push(operation);
  if (record) {
    if (known) Object.assign(known, record);
    else own.push(record);
    await readBack(person, record, { answer, history });
  }
  return operation;
};

const nameOf = (sites: readonly Site[], id: string): string => sites.find((site) => site.id === id)?.name ?? '';

const requestOf = (
  kind: Operation['kind'],
  { site, key, known }: { readonly site: Site; readonly key: string; readonly known: Known | undefined },
): Request => {
  const common = { siteId: site.id, headers: { [headers.idempotencyKey]: key } };
  // The site's name in the text: whoever reads it elsewhere has read what is not theirs.
  const title = `Chaos ${site.name} ${key}`;
  if (kind === 'create' || !known) {
    const body = {
      title,
      type: 'Meeting',
      lead: `Lead of ${site.name}`,
      startDateTime: '2026-03-03T14:30',
      endDateTime: '2026-03-03T15:00',
      timezone: 'Europe/Brussels',
    };
    return { ...common, method: 'POST', path: '/api/v1/interactions', body };
  }
  if (kind === 'edit') return { ...common, method: 'PATCH', path: `/api/v1/interactions/${known.id}`, body: { title } };
  const body = { status: known.status === 'active' ? 'complete' : 'active' };
  return { ...common, method: 'POST', path: `/api/v1/interactions/${known.id}/status`, body };
};

/** What was acknowledged must be readable with its token, by nobody's luck. */
const readBack = async (
  person: Person,
  { id, siteId, revision }: Known,
  { answer, history }: { readonly answer: Answer | undefined; readonly history: History },
): Promise<void> => {
  const token = answer?.headers.get(headers.consistencyToken);
  if (!token) return;
  const read = await person.call({
    method: 'GET',
    path: `/api/v1/interactions/${id}`,
    siteId,
    headers: { [headers.consistencyToken]: token },
  });
  if (!read) return;
  history.reads += 1;
  const seen = read.status === 200 ? read.body.interaction.revision : `status ${read.status}`;
  if (typeof seen === 'number' && seen >= revision) return;
  history.violations.push({ rule: 'read your writes', what: `${id}: wrote revision ${revision}, read ${seen}` });
};

/** People who browse and search; each answer must be of the site they asked for. */
export const runReaders = async ({ people, sites, history, random, signal }: WorkloadOptions): Promise<void> => {
  await Promise.all(
    people.map(async (person) => {
      while (!signal.aborted) {
        const site = random.pick(sites);
        const search = random.next() < 0.5 ? '&search=chaos' : `&page=${1 + random.below(3)}`;
        const path = `/api/v1/interactions?pageSize=50${search}`;
        const read = await person.call({ method: 'GET', path, siteId: site.id }, { patienceMs: 30_000 });
        if (read) checkPage(read, site, history);
        await delay(pauseMs);
      }
    }),
  );
};

const checkPage = ({ status, body }: Answer, site: Site, history: History): void => {
  history.reads += 1;
  if (status !== 200) {
    history.violations.push({ rule: 'reads are answered', what: `status ${status}: ${JSON.stringify(body)}` });
    return;
  }
  for (const row of body.interactions) {
    const isOurs = row.siteId === site.id && (!row.title.startsWith('Chaos ') || row.title.includes(` ${site.name} `));
    if (isOurs) continue;
    history.violations.push({ rule: 'no other site’s data', what: `${row.id} of ${row.siteId} shown to ${site.name}` });
  }
};
