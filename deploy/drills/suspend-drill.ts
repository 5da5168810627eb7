import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { headers } from '@ims/contracts/site-scope';
import { startTopology } from '../chaos/topology.ts';
import { demoSiteId } from '../demo/seed-demo.ts';
import { type Person, signIn } from './http-person.ts';

const usage = `node --import tsx deploy/drills/suspend-drill.ts [people]

Suspends people, and takes roles from others, while all of them write and read without pause through two of each service:
with NATS, and with NATS dead. No command may be accepted after the administrator's answer; reads end within 1 s of it with
messages and 2 s without. Ends by itself; exit code 1 when that does not hold.`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const password = 'Plum-Orchard-41';
const siteId = demoSiteId('Brussels');
/** How long people go on trying after they lost their rights. */
const goOnMs = 3_000;

type Try = { readonly kind: 'command' | 'query'; readonly startedAt: number; readonly accepted: boolean };
type Worker = { readonly userId: string; readonly tries: Try[] };
type Way = { readonly name: string; take(administrator: Person, userId: string): Promise<void> };

const must = async (person: Person, method: string, path: string, body?: unknown) => {
  const answer = await person.call({ method, path, ...(body === undefined ? {} : { body }) });
  if (!answer || answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`);
  return answer.body;
};

const ways: readonly Way[] = [
  {
    name: 'suspended',
    take: async (administrator, userId) =>
      void (await must(administrator, 'POST', `/api/v1/users/${userId}/deactivate`)),
  },
  {
    name: 'role taken away',
    take: async (administrator, userId) =>
      void (await must(administrator, 'DELETE', `/api/v1/sites/${siteId}/users/${userId}`)),
  },
];

/** Registers an editor and lets them write and read until the signal; each try is kept with its beginning. */
const employ = async (url: string, administrator: Person, signal: AbortSignal): Promise<Worker> => {
  const username = `worker-${randomUUID().slice(0, 8)}`;
  const person = { username, email: `${username}@example.org`, displayName: username, password };
  const { user } = await must(administrator, 'POST', '/api/v1/users', person);
  await must(administrator, 'PUT', `/api/v1/sites/${siteId}/users/${user.id}`, { role: 'editor' });
  const token = await changePassword(url, await tokenOf(url, username));
  const tries: Try[] = [];
  const attempt = async (kind: Try['kind'], request: RequestInit): Promise<void> => {
    const startedAt = performance.now();
    const answer = await fetch(`${url}/api/v1/interactions`, {
      ...request,
      headers: { authorization: `Bearer ${token}`, [headers.siteId]: siteId, 'content-type': 'application/json' },
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    tries.push({ kind, startedAt, accepted: answer?.ok ?? false });
  };
  const work = async (kind: Try['kind'], request: RequestInit): Promise<void> => {
    while (!signal.aborted) {
      await attempt(kind, request);
      await delay(10);
    }
  };
  void work('command', { method: 'POST', body: JSON.stringify({ ...record, title: `Of ${username}` }) });
  void work('query', { method: 'GET' });
  return { userId: user.id, tries };
};

const record = {
  type: 'Meeting',
  lead: 'Ann',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
};

/** The read tables may know a new person a moment after the command did. */
const tokenOf = async (url: string, username: string): Promise<string> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    const { token } = (await answer.json()) as { token?: string };
    if (token) return token;
    if (attempt === 20) throw new Error(`${username} cannot sign in: ${answer.status}`);
    await delay(200);
  }
};

/** An administrator typed the first one, so it opens nothing else before. */
const changePassword = async (url: string, token: string): Promise<string> => {
  const answer = await fetch(`${url}/api/v1/auth/password/change`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ currentPassword: password, newPassword: `${password}-own` }),
  });
  const changed = (await answer.json()) as { token?: string };
  if (!changed.token) throw new Error(`The password cannot be changed: ${answer.status}`);
  return changed.token;
};

type Finding = { readonly commandsBefore: number; readonly commandsAfter: number; readonly lastQueryMs: number };

/** `endedAt` is when the administrator had the answer; what began before it may still be accepted. */
const judge = (tries: readonly Try[], endedAt: number): Finding => {
  const accepted = (kind: Try['kind']) => tries.filter((one) => one.kind === kind && one.accepted);
  const commands = accepted('command');
  const late = accepted('query').filter(({ startedAt }) => startedAt > endedAt);
  return {
    commandsBefore: commands.filter(({ startedAt }) => startedAt <= endedAt).length,
    commandsAfter: commands.filter(({ startedAt }) => startedAt > endedAt).length,
    lastQueryMs: Math.max(0, ...late.map(({ startedAt }) => startedAt - endedAt)),
  };
};

const round = async (url: string, count: number, { name, take }: Way): Promise<readonly Finding[]> => {
  const administrator = await signIn({
    url,
    username: 'admin',
    tally: { requests: 0, retried: 0, failed: [] },
    patienceMs: 10_000,
  });
  const ending = new AbortController();
  try {
    const workers: Worker[] = [];
    for (let made = 0; made < count; made += 1) workers.push(await employ(url, administrator, ending.signal));
    await delay(1_000);
    const ended: number[] = [];
    for (const { userId } of workers) {
      await take(administrator, userId);
      ended.push(performance.now());
    }
    await delay(goOnMs);
    return workers.map(({ tries }, index) => judge(tries, ended[index] ?? 0));
  } catch (error) {
    throw new Error(`The round "${name}" did not finish`, { cause: error });
  } finally {
    ending.abort();
  }
};

const report = (title: string, findings: readonly Finding[], limitMs: number): boolean => {
  const sum = (pick: (finding: Finding) => number) => findings.reduce((total, finding) => total + pick(finding), 0);
  const before = sum(({ commandsBefore }) => commandsBefore);
  const after = sum(({ commandsAfter }) => commandsAfter);
  const latest = Math.max(...findings.map(({ lastQueryMs }) => lastQueryMs));
  print(
    `${title}: ${findings.length} people · commands accepted before ${before}, after ${after} · last read ${Math.round(latest)} ms after (limit ${limitMs})`,
  );
  return before > 0 && after === 0 && latest <= limitMs;
};

const run = async (count: number): Promise<boolean> => {
  const topology = await startTopology(print);
  let holds = true;
  try {
    await topology.whenWell(60_000);
    for (const way of ways)
      holds = report(`${way.name}, with messages`, await round(topology.url, count, way), 1_000) && holds;
    await topology.nats.kill();
    for (const way of ways)
      holds = report(`${way.name}, without messages`, await round(topology.url, count, way), 2_000) && holds;
  } finally {
    await topology.stop();
  }
  return holds;
};

try {
  const [people = '8'] = process.argv.slice(2);
  if (!/^[1-9]\d?$/.test(people)) print(usage);
  else if (!(await run(Number(people)))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
