import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Renewal, Sessions } from '../sessions.ts';

export type RefreshFamilies = {
  /** Sees and changes the tables: time cannot be waited for. */
  readonly owner: pg.Pool;
  /** The same store as several processes have it, each over a pool of its own. */
  readonly stores: readonly Pick<Sessions, 'start' | 'renew' | 'end'>[];
  readonly families: number;
  /** Renewals of one token at once. */
  readonly parallel: number;
  /** Families at once. */
  readonly atOnce: number;
  readonly advance?: (done: number) => void;
};

export type FamiliesReport = {
  readonly renewals: number;
  readonly families: number;
  readonly replayed: number;
  readonly loggedOut: number;
  /** One sentence each. */
  readonly violations: readonly string[];
};

type Family = { readonly number: number; readonly sessionId: string; readonly token: string };
type Check = (families: RefreshFamilies, family: Family) => Promise<readonly string[]>;

/**
 * Renews every family's token many times at once, then: one third lives on with its child, one third replays the old
 * token after the leeway, one third signs out while it renews. Answers whatever should not have been.
 */
export const runRefreshFamilies = async (options: RefreshFamilies): Promise<FamiliesReport> => {
  const violations: string[] = [];
  const { families, parallel, atOnce, advance } = options;
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < families) {
      const number = next;
      next += 1;
      violations.push(...(await runFamily(options, number)));
      done += 1;
      advance?.(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, families) }, work));
  const third = (rest: number) => Math.ceil((families - rest) / 3);
  return { renewals: families * parallel, families, replayed: third(1), loggedOut: third(2), violations };
};

const runFamily = async (options: RefreshFamilies, number: number): Promise<readonly string[]> => {
  const { refreshToken, sessionId } = await storeFor(options, number).start({
    userId: randomUUID(),
    method: 'password',
    remember: true,
    browser: '',
    system: '',
  });
  const family = { number, sessionId, token: refreshToken.text };
  const check = [livesOn, replays, signsOut][number % 3] ?? livesOn;
  return (await check(options, family)).map((sentence) => `family ${number}: ${sentence}`);
};

const storeFor = ({ stores }: RefreshFamilies, at: number): RefreshFamilies['stores'][number] => {
  const store = stores[at % stores.length];
  if (!store) throw new Error('There is no store to renew by');
  return store;
};

const renewAtOnce = (options: RefreshFamilies, { token }: Family): Promise<readonly Renewal[]> =>
  Promise.all(Array.from({ length: options.parallel }, (_none, at) => storeFor(options, at).renew(token)));

const liveTokens = async ({ owner }: RefreshFamilies, { sessionId }: Family): Promise<number> => {
  const { rows } = await owner.query<{ live: number }>(
    `select count(*)::int as live from write_side.refresh_tokens t
     join write_side.sessions s on s.id = t.session_id
     where s.id = $1 and s.revoked_at is null and s.expires_at > now() and t.used_at is null and t.expires_at > now()`,
    [sessionId],
  );
  return rows[0]?.live ?? -1;
};

const unless = (holds: boolean, sentence: string): readonly string[] => (holds ? [] : [sentence]);
const childrenIn = (renewals: readonly Renewal[]): ReadonlySet<string> =>
  new Set(renewals.flatMap((renewal) => (renewal.outcome === 'renewed' ? [renewal.refreshToken.text] : [])));

const renewsToOneChild = async (options: RefreshFamilies, family: Family) => {
  const renewals = await renewAtOnce(options, family);
  const refused = renewals.filter(({ outcome }) => outcome === 'refused').length;
  const children = childrenIn(renewals);
  const live = await liveTokens(options, family);
  const [child = ''] = children;
  return {
    child,
    violations: [
      ...unless(refused === 0, `${refused} renewals at once were refused`),
      ...unless(children.size === 1, `${children.size} different children were given out`),
      ...unless(live === 1, `${live} live tokens`),
    ],
  };
};

const livesOn: Check = async (options, family) => {
  const { child, violations } = await renewsToOneChild(options, family);
  const next = await renewsToOneChild(options, { ...family, token: child });
  return [...violations, ...next.violations];
};

const replays: Check = async (options, family) => {
  const { child, violations } = await renewsToOneChild(options, family);
  await options.owner.query(
    `update write_side.refresh_tokens set used_at = used_at - interval '11 seconds'
     where session_id = $1 and used_at is not null`,
    [family.sessionId],
  );
  const late = await renewAtOnce(options, family);
  const after = await storeFor(options, 0).renew(child);
  return [
    ...violations,
    ...unless(
      late.every(({ outcome }) => outcome === 'refused'),
      'a replay after the leeway was answered',
    ),
    ...unless(after.outcome === 'refused', 'the family goes on after a replay'),
    ...unless((await liveTokens(options, family)) === 0, 'a token lives after a replay'),
  ];
};

const signsOut: Check = async (options, family) => {
  const [renewals] = await Promise.all([renewAtOnce(options, family), storeFor(options, 1).end(family.token)]);
  const late = await renewAtOnce(options, family);
  const byChildren = await Promise.all([...childrenIn(renewals)].map((child) => storeFor(options, 0).renew(child)));
  return [
    ...unless(
      [...late, ...byChildren].every(({ outcome }) => outcome === 'refused'),
      'a token was issued after signing out',
    ),
    ...unless((await liveTokens(options, family)) === 0, 'a token lives after signing out'),
  ];
};
