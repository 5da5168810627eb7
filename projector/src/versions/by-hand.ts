import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import type pg from 'pg';
import type { Projection } from '../runner/projection.ts';
import { type Verification, verifyProjection } from '../verify.ts';
import { isBySite, notBySite, noVersion, unknownProjection } from './answers.ts';
import { versionsOf } from './begin-build.ts';
import type { OperationAnswer, OperationsOptions, RepeatableSwitch, VerifyAsked } from './operations.ts';
import { saveVerification } from './save-verification.ts';
import { type Reading, readActive, switchVersion } from './switch-version.ts';
import { isRead, type VersionRow } from './version-rows.ts';
import { versionOf } from './versioned-projection.ts';

const conflict = (message: string): Refusal => refusal('CONFLICT', message);

const choose = (
  rows: readonly VersionRow[],
  version: number | undefined,
  likely: (rows: readonly VersionRow[]) => VersionRow | undefined,
): VersionRow | undefined => (version === undefined ? likely(rows) : rows.find((row) => row.version === version));

const set = async (pool: pg.Pool, { projection, version }: VersionRow, changes: string): Promise<void> => {
  await pool.query(
    `update read.projection_checkpoints set ${changes}, reported_at = now() where projection = $1 and version = $2`,
    [projection, version],
  );
};

export const pauseVersion = async (pool: pg.Pool, name: string, version?: number): Promise<OperationAnswer> => {
  const rows = await versionsOf(pool, name);
  if (rows.length === 0) return unknownProjection(name);
  const row = choose(rows, version, (all) => all.find(({ phase }) => phase === 'rebuilding') ?? all.find(isRead));
  if (!row) return noVersion(name, version ?? 1);
  if (row.paused) return conflict(`Version ${row.version} of ${name} is paused already`);
  await set(pool, row, 'paused = true');
  return `Version ${row.version} of ${name} is paused`;
};

/** Also for one that stopped itself, once its reason is gone. */
export const resumeVersion = async (pool: pg.Pool, name: string, version?: number): Promise<OperationAnswer> => {
  const rows = await versionsOf(pool, name);
  if (rows.length === 0) return unknownProjection(name);
  const row = choose(rows, version, (all) => all.find(({ paused, stopped }) => paused || stopped) ?? all.find(isRead));
  if (!row) return noVersion(name, version ?? 1);
  if (!row.paused && !row.stopped) return conflict(`Version ${row.version} of ${name} is neither paused nor stopped`);
  if (row.epoch === 0)
    return conflict(`Version ${row.version} of ${name} holds events that the log no longer has: rebuild it`);
  await set(pool, row, 'paused = false, stopped = false, last_error = null');
  return `Version ${row.version} of ${name} goes on`;
};

const describeSite = (siteId: string | null): string => (siteId === null ? 'all sites' : `the site ${siteId}`);

const otherThan =
  (active: number, siteId: string | null) =>
  (rows: readonly VersionRow[]): VersionRow | undefined =>
    rows.findLast(
      (one) =>
        one.version !== active &&
        (one.phase === 'ready' || one.phase === 'live') &&
        (one.siteId === null || one.siteId === siteId),
    );

export const versionMeant = async (
  pool: pg.Pool,
  operation: 'switch' | 'rollback',
  reading: Reading,
): Promise<number | undefined> => {
  const { version, previous, isOwn } = await readActive(pool, reading);
  if (operation === 'switch') {
    return otherThan(version, reading.siteId)(await versionsOf(pool, reading.projection))?.version;
  }
  return reading.siteId === null || isOwn ? (previous ?? undefined) : undefined;
};

type Active = Awaited<ReturnType<typeof readActive>>;

/** Said of what another attempt at the same request has done already. */
const doneBefore = (
  active: Active,
  { projection, siteId }: Reading,
  { version, isRepeated }: RepeatableSwitch,
): string | undefined => {
  if (!isRepeated || active.version !== version || (siteId !== null && !active.isOwn)) return undefined;
  return `Version ${version} of ${projection} is in use for ${describeSite(siteId)}`;
};

export const switchByHand = async (
  options: OperationsOptions,
  name: string,
  { version, siteId, isRepeated }: RepeatableSwitch,
): Promise<OperationAnswer> => {
  if (!options.projections.some((projection) => projection.name === name)) return unknownProjection(name);
  if (siteId !== undefined && !isBySite(name)) return notBySite(name);
  const site = siteId ?? null;
  const active = await readActive(options.pool, { projection: name, siteId: site });
  const done = doneBefore(active, { projection: name, siteId: site }, { version, isRepeated });
  if (done) return done;
  const rows = await versionsOf(options.pool, name);
  const row = choose(rows, version, otherThan(active.version, site));
  if (!row) return version === undefined ? conflict(`No other version of ${name} is ready`) : noVersion(name, version);
  const switched = await switchVersion(options, { projection: name, siteId: site }, row.version);
  if (isRefusal(switched)) return switched;
  return `Version ${row.version} of ${name} is in use for ${describeSite(site)}, in the place of version ${switched.from}`;
};

export const rollBack = async (
  options: OperationsOptions,
  name: string,
  asked: RepeatableSwitch,
): Promise<OperationAnswer> => {
  const siteId = asked.siteId ?? null;
  if (!options.projections.some((projection) => projection.name === name)) return unknownProjection(name);
  if (siteId !== null && !isBySite(name)) return notBySite(name);
  const reading = { projection: name, siteId };
  const active = await readActive(options.pool, reading);
  if (siteId !== null && !active.isOwn) return conflict(`The site ${siteId} has no version of ${name} of its own`);
  const done = doneBefore(active, reading, asked);
  if (done) return done;
  const version = asked.version ?? active.previous;
  if (version === null) return conflict(`There is no version of ${name} to go back to`);
  const switched = await switchVersion(options, reading, version);
  if (isRefusal(switched)) return switched;
  return `Version ${version} of ${name} is in use again for ${describeSite(siteId)}; version ${switched.from} is kept`;
};

export const verifyByHand = async (
  { pool, log, open }: OperationsOptions,
  template: Projection,
  { version, siteId, tell }: VerifyAsked,
  signal?: AbortSignal,
): Promise<Verification | Refusal> => {
  const { name } = template;
  const rows = await versionsOf(pool, name);
  const active = await readActive(pool, { projection: name, siteId: siteId ?? null });
  const row = rows.find((one) => one.version === (version ?? active.version));
  if (!row) return noVersion(name, version ?? active.version);
  if (row.phase === 'rebuilding') return conflict(`Version ${row.version} of ${name} is still being rebuilt`);
  if (row.epoch !== (await log.epoch()) || row.position > (await log.headPosition())) {
    return conflict(`Version ${row.version} of ${name} belongs to another life of the log: rebuild it`);
  }
  if (siteId !== undefined && row.siteId !== null && row.siteId !== siteId) {
    return conflict(`Version ${row.version} of ${name} holds the rows of the site ${row.siteId} only`);
  }
  const found = await verifyProjection({
    pool,
    log,
    open,
    projection: versionOf(template, row),
    siteId: siteId ?? row.siteId,
    ...(signal === undefined ? {} : { signal }),
    ...(await withTotal(tell, log)),
  });
  // What one site looks like says nothing of the others.
  if (siteId === undefined || row.siteId === siteId) await saveVerification(pool, found);
  return found;
};

const withTotal = async (tell: VerifyAsked['tell'], log: OperationsOptions['log']) => {
  if (!tell) return {};
  const total = await log.countAfter(0n, Number.MAX_SAFE_INTEGER);
  return { tell: (done: number) => tell(Math.min(done, total), total) };
};
