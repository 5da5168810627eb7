import { randomUUID } from 'node:crypto';
import { listRoutes } from '@ims/platform/http/routes';
import { openMessages } from '@ims/platform/messages/open-messages';
import { createLogger } from '@ims/platform/observability/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answered, ask, type Naming } from './authorization/ask.ts';
import { type Given, givenPeople } from './authorization/given-people.ts';
import {
  operations,
  type PersonName,
  people,
  type Rule,
  recordFields,
  rightsOf,
  strangers,
} from './authorization/who-may.ts';
import { type RunningProduct, runProduct } from './running-product.ts';

/** Words that stand on one site only; wherever else they turn up, something has leaked. */
const word = () => `canary${randomUUID().slice(0, 8)}`;
const canaries = { own: word(), other: word() };
const siteNames = { own: `Site ${word()}`, other: `Site ${word()}` };
const missing = '0193a000-0000-7000-8000-00000000dead';

let running: RunningProduct;
let given: Given;
let records: { own: string; other: string };
let calls = 0;
const logLines: string[] = [];
const answers: { person: PersonName; operation: string; text: string }[] = [];
const messages: string[] = [];
let stopListening: () => Promise<void>;

beforeAll(async () => {
  running = await runProduct({ logLines: { write: (line) => void logLines.push(line) } });
  stopListening = await listen(running.databaseUrl);
  given = await givenPeople(running, siteNames);
  records = { own: await makeRecord('own'), other: await makeRecord('other') };
  await caughtUp();
}, 60_000);
afterAll(async () => {
  await stopListening?.();
  await running?.stop();
});

const listen = async (databaseUrl: string): Promise<() => Promise<void>> => {
  const logger = createLogger({ component: 'test', level: 'silent' });
  const heard = openMessages({ MESSAGES: 'postgres' }, { databaseUrl, applicationName: 'test', logger });
  const stop = heard.subscribe({ changed: (change) => void messages.push(String(inspectable(change))), gap: () => {} });
  return async () => {
    stop();
    await heard.close();
  };
};

const inspectable = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? part.toString() : part));

const caughtUp = async () => running.product.projector.whenCaughtUp(await running.product.log.headPosition());

const makeRecord = async (site: 'own' | 'other'): Promise<string> => {
  const text = canaries[site];
  const body = { ...recordFields, title: text, lead: text, location: text, description: text, notes: text };
  const made = await given.maker('POST', '/api/v1/interactions', { body, siteId: given[site] });
  expect(made.status).toBe(201);
  return made.body.interaction.id;
};

const call = async (
  person: PersonName,
  operation: string,
  { ids, naming, body }: { ids: Readonly<Record<string, string>>; naming?: Naming; body?: unknown },
): Promise<Answered> => {
  calls += 1;
  const answer = await ask(running.url, {
    token: given.tokens[person],
    operation,
    ids,
    ...(naming ? { naming } : {}),
    body,
  });
  answers.push({ person, operation, text: answer.text });
  return answer;
};

/** What the table says of a person on a site, before it is asked which record. */
const verdict = (person: PersonName, rule: Rule, site: 'own' | 'other'): 'sign in' | 'refused' | 'allowed' => {
  if (strangers.includes(person)) return 'sign in';
  if (rule.kind === 'public' || rule.kind === 'signed-in') return 'allowed';
  const { onSite, everywhere } = rightsOf(rule.right);
  const mayHere = rule.kind !== 'system' && site === 'own' && onSite.includes(person);
  return mayHere || everywhere.includes(person) ? 'allowed' : 'refused';
};

const verdictOf = ({ status }: Answered): ReturnType<typeof verdict> =>
  status === 401 ? 'sign in' : status === 403 ? 'refused' : 'allowed';

/** Ids in addresses that name no record: somebody and something that do not exist. */
const nowhere = { id: missing, userId: missing, name: 'nothing', issuer: 'nobody' };

const askEverybody = async (operation: string, rule: Rule): Promise<void> => {
  for (const person of people) {
    for (const site of ['own', 'other'] as const) {
      const siteId = given[site];
      const ids = rule.kind === 'site' && rule.by === 'path' ? { ...nowhere, id: siteId } : nowhere;
      const naming = rule.kind === 'site' && rule.by === 'scope' ? { siteId } : {};
      const answer = await call(person, operation, { ids, naming });
      expect([person, site, verdictOf(answer)]).toEqual([person, site, verdict(person, rule, site)]);
    }
  }
};

const askWithoutOneSite = async (operation: string): Promise<void> => {
  for (const person of people) {
    for (const naming of [{}, { siteId: given.own, alsoInQuery: given.other }]) {
      const { status } = await call(person, operation, { ids: nowhere, naming });
      expect([person, naming, status]).toEqual([person, naming, strangers.includes(person) ? 401 : 400]);
    }
  }
};

const askForRecords = async (operation: string, rule: Extract<Rule, { kind: 'record' }>): Promise<void> => {
  for (const person of people) {
    const askFor = (id: string, siteId: string) =>
      call(person, operation, { ids: { id }, naming: { siteId }, body: rule.body });
    const here = verdict(person, rule, 'own');
    const [foreign, never] = [await askFor(records.other, given.own), await askFor(missing, given.own)];
    expect([person, foreign.status]).toEqual([person, { 'sign in': 401, refused: 403, allowed: 404 }[here]]);
    expect(foreign).toEqual(never);
    const own = await askFor(here === 'allowed' ? await recordFor(operation) : records.own, given.own);
    expect([person, own.status]).toEqual([person, { 'sign in': 401, refused: 403, allowed: 200 }[here]]);
    const there = await askFor(records.other, given.other);
    expect([person, verdictOf(there)]).toEqual([person, verdict(person, rule, 'other')]);
  }
};

/** A record that the operation may be carried out on. */
const recordFor = async (operation: string): Promise<string> => {
  if (operation.startsWith('GET ')) return records.own;
  const id = await makeRecord('own');
  const inBin = operation.endsWith('/restore');
  if (inBin) await given.maker('DELETE', `/api/v1/interactions/${id}`, { siteId: given.own });
  return id;
};

const askInTurn = Object.entries(operations).sort(
  ([, one], [, other]) => Number('last' in one) - Number('last' in other),
);

it('has every operation of the API document, and no other', async () => {
  const { body: document } = await running.anonymous('GET', '/api/v1/openapi.json');
  const documented = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(Object.keys(operations).sort()).toEqual(documented.sort());
});

it('has every route that the services answer on, but for the pages of the API document', () => {
  const { commands, queries } = running.product.apps;
  const routes = [...listRoutes(commands), ...listRoutes(queries)].map(
    ({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  const missing = routes.filter((route) => !(route in operations) && !/^HEAD |^GET \/api\/docs/.test(route));
  expect(missing).toEqual(['GET /.well-known/openapi.json']);
});

describe.each(askInTurn)('%s', (operation, rule) => {
  if (rule.kind === 'public') {
    it('answers everybody alike', async () => {
      const statuses = new Set<number>();
      for (const person of people) statuses.add((await call(person, operation, { ids: nowhere })).status);
      expect([...statuses]).toHaveLength(1);
      expect([...statuses]).not.toContain(403);
    });
  } else if (rule.kind === 'record') {
    it(`is for those who may ${rule.right}, and for records of their site`, () => askForRecords(operation, rule));
    it('wants one site named', () => askWithoutOneSite(operation));
  } else {
    it(`is for those who may: ${rule.kind === 'signed-in' ? 'sign in' : rule.right}`, () =>
      rule.kind === 'signed-in' && rule.last ? askOnce(operation, rule) : askEverybody(operation, rule));
    if (rule.kind === 'site' && rule.by === 'scope') it('wants one site named', () => askWithoutOneSite(operation));
  }
});

const askOnce = async (operation: string, rule: Rule): Promise<void> => {
  for (const person of people) {
    const answer = await call(person, operation, { ids: nowhere });
    expect([person, verdictOf(answer)]).toEqual([person, verdict(person, rule, 'own')]);
  }
};

describe('what is written on a site', () => {
  const onSite: readonly PersonName[] = ['viewer', 'editor', 'site auditor', 'administrator'];
  const everywhere: readonly PersonName[] = ['system auditor'];
  const whoSaw = (text: string) =>
    new Set(answers.filter((answer) => answer.text.includes(text)).map(({ person }) => person));

  it('was read by those who may, and by nobody else', () => {
    expect([...whoSaw(canaries.own)].sort()).toEqual([...onSite, ...everywhere].sort());
    expect([...whoSaw(canaries.other)]).toEqual(everywhere);
  });

  it('has its site’s name seen by those who may know of the site', () => {
    const administrators: readonly PersonName[] = ['system administrator'];
    expect([...whoSaw(siteNames.own)].sort()).toEqual([...onSite, ...everywhere, ...administrators].sort());
    expect([...whoSaw(siteNames.other)].sort()).toEqual([...everywhere, ...administrators].sort());
  });

  it('is in no line of the log and in no message', () => {
    const text = [...logLines, ...messages].join('\n');
    expect(logLines.length).toBeGreaterThan(calls);
    expect(messages.length).toBeGreaterThan(0);
    expect([canaries, siteNames].flatMap(Object.values<string>).filter((canary) => text.includes(canary))).toEqual([]);
  });

  it('was asked for often enough', async ({ annotate }) => {
    await annotate(`${calls} calls, ${Object.keys(operations).length} operations, ${people.length} kinds of people`);
    expect(calls).toBeGreaterThan(1_000);
  });
});
