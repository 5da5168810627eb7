import { setTimeout as delay } from 'node:timers/promises';
import { isRefusal, refusal } from '@ims/contracts/error-codes';
import type { Projection } from '../runner/projection.ts';
import { verifyProjection } from '../verify.ts';
import { type Build, beginBuild, dropUnused, versionsOf, type Wish } from './begin-build.ts';
import { VersionDropped } from './build-books.ts';
import { buildVersion, tellStep } from './build-version.ts';
import type { OperationAnswer, OperationsOptions, RebuildProgress } from './operations.ts';
import { asOwner, lockVersions, type Owner } from './owner-connection.ts';
import { BuildStopped } from './parked-streams.ts';
import { saveVerification } from './save-verification.ts';
import { switchVersion } from './switch-version.ts';
import { isRead, type VersionRow } from './version-rows.ts';
import { versionOf } from './versioned-projection.ts';

export type Rebuild = OperationsOptions & {
  readonly template: Projection;
  readonly wish: Wish;
  /** False: only what was left unfinished. */
  readonly mayBegin: boolean;
  readonly signal: AbortSignal;
  tell(progress: RebuildProgress): void;
};

const followMs = 300;

/** Build, verify, switch. What another process has in hand is followed instead of done twice. */
export const rebuild = (asked: Rebuild): Promise<OperationAnswer> =>
  asOwner(asked.ownerUrl, async (owner) => {
    let followed: number | undefined;
    while (!(await lockVersions(owner, asked.template.name))) {
      if (!asked.mayBegin) return nothingLeft(asked);
      followed = (await follow(asked)) ?? followed;
      await delay(followMs, undefined, { signal: asked.signal });
    }
    const signal = AbortSignal.any([asked.signal, owner.lost]);
    const answer = await whileLocked({ ...asked, signal }, owner, followed).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof VersionDropped) return conflict(`${error.message}: it was dropped while it was rebuilt`);
      if (error instanceof BuildStopped) return conflict(`The rebuild has stopped: ${error.message}`);
      throw error;
    });
    await dropAsked(asked, owner);
    return answer;
  });

/** Drops that waited in vain for the rebuild to end. Their failure is not the rebuild's. */
const dropAsked = async (asked: Rebuild, owner: Owner): Promise<void> => {
  const { template, logger, changed } = asked;
  await dropUnused({ ...asked, owner }, 'asked').catch((error: unknown) => {
    const about = { operation: 'drop', projection: template.name, error: String(error) };
    logger.warn(about, 'A version that is to be dropped is still there');
  });
  changed?.();
};

const conflict = (message: string): OperationAnswer => refusal('CONFLICT', message);
const nothingLeft = ({ template }: Rebuild): OperationAnswer => `Nothing is left unfinished of ${template.name}`;

/** Tells what the other process has reached; answers the version it works on. */
const follow = async ({ pool, template, tell }: Rebuild): Promise<number | undefined> => {
  const row = (await versionsOf(pool, template.name)).findLast((one) => !isRead(one) && one.phase !== 'live');
  if (!row) return undefined;
  const step = row.phase === 'ready' ? 'verifying' : row.paused ? 'paused' : 'filling';
  tellStep({ projection: versionOf(template, row), tell }, step, row, row.eventsPerSecond);
  return row.version;
};

const whileLocked = async (asked: Rebuild, owner: Owner, followed: number | undefined): Promise<OperationAnswer> => {
  const { pool, log, template, wish, logger } = asked;
  const build: Build = { pool, owner, log, template, logger };
  const rows = await versionsOf(pool, template.name);
  const done = rows.find((row) => row.version === followed && isRead(row));
  if (done) return `Version ${done.version} of ${template.name} was rebuilt by another projector and is in use`;
  const unfinished = rows.findLast(isUnfinished(await log.epoch()));
  if (!unfinished) {
    if (!asked.mayBegin) return nothingLeft(asked);
    await dropUnused(build, 'all');
    return finish(asked, owner, await beginBuild(build, wish));
  }
  if (asked.mayBegin && unfinished.siteId !== wish.siteId) {
    return conflict(`Version ${unfinished.version} of ${template.name} is unfinished: let it end, or drop it`);
  }
  if (unfinished.paused) {
    return conflict(`Version ${unfinished.version} of ${template.name} is paused: resume it, or drop it`);
  }
  if (asked.mayBegin) await useThrottle(asked, unfinished);
  return finish(asked, owner, unfinished.version);
};

/** Who asks again may be in more of a hurry, or in less. */
const useThrottle = async ({ pool, wish }: Rebuild, { projection, version }: VersionRow): Promise<void> => {
  await pool.query('update read.projection_checkpoints set throttle = $3 where projection = $1 and version = $2', [
    projection,
    version,
    wish.throttle,
  ]);
};

/** Not yet filled, or filled and neither found wrong nor used. One of an earlier life of the log is of no use any more. */
const isUnfinished =
  (epoch: number) =>
  (row: VersionRow): boolean => {
    if (row.epoch !== epoch || isRead(row) || row.isPrevious) return false;
    if (row.phase === 'rebuilding') return true;
    return row.phase === 'ready' && !row.stopped && (row.differences ?? 0) === 0;
  };

const finish = async (asked: Rebuild, owner: Owner, version: number): Promise<OperationAnswer> => {
  const { pool, log, open, template, signal, tell, changed, logger } = asked;
  const row = await rowOf(asked, version);
  const projection = versionOf(template, row);
  changed?.();
  const begun = performance.now();
  if (row.phase === 'rebuilding') {
    if (row.stopped) await goOn(asked, version);
    await buildVersion({ pool, owner, log, template, logger, open, projection, siteId: row.siteId, signal, tell });
  }
  changed?.();
  const stopped = await catchUp(asked, projection);
  if (stopped) return conflict(`Version ${version} of ${template.name} has stopped: ${stopped}`);
  const built = await rowOf(asked, version);
  const seconds = (performance.now() - begun) / 1_000;
  tellStep({ projection, tell }, 'verifying', built);
  const found = await verifyProjection({ pool, log, open, projection, siteId: row.siteId, signal });
  await saveVerification(pool, found);
  if (found.differences.length > 0) {
    return conflict(
      `Version ${version} of ${template.name} differs from the log in ${found.differences.length} rows: ` +
        'readers were not switched to it; verify names the rows',
    );
  }
  tellStep({ projection, tell }, 'switching', built);
  const switched = await switchVersion(asked, { projection: template.name, siteId: row.siteId }, version);
  changed?.();
  if (isRefusal(switched)) return switched;
  return sentence(built, seconds);
};

const sentence = ({ projection, version, siteId, processed }: VersionRow, seconds: number): string => {
  const rate = Math.round(processed / Math.max(seconds, 0.001));
  const where = siteId === null ? 'in use' : `in use for the site ${siteId}`;
  const events = `${processed.toLocaleString('en')} events in ${seconds.toFixed(1)} s (${rate.toLocaleString('en')} a second)`;
  return `Version ${version} of ${projection} is ${where}: ${events}, verified without differences`;
};

const rowOf = async ({ pool, template }: Rebuild, version: number): Promise<VersionRow> => {
  const row = (await versionsOf(pool, template.name)).find((one) => one.version === version);
  if (!row) throw new VersionDropped(`Version ${version} of ${template.name} is gone`);
  return row;
};

const goOn = async ({ pool, template }: Rebuild, version: number): Promise<void> => {
  await pool.query(
    'update read.projection_checkpoints set stopped = false, last_error = null where projection = $1 and version = $2',
    [template.name, version],
  );
};

const catchUpMs = 100;

/** Waits until the ordinary runner has taken the version to where the log's head was; answers why it never will. */
const catchUp = async (asked: Rebuild, projection: Projection): Promise<string | undefined> => {
  const head = await asked.log.headPosition();
  for (;;) {
    const row = await rowOf(asked, projection.version);
    if (row.position >= head) return undefined;
    if (row.stopped) return row.lastError ?? 'no reason given';
    tellStep({ projection, tell: asked.tell }, 'catching-up', row, row.eventsPerSecond);
    await delay(catchUpMs, undefined, { signal: asked.signal });
  }
};

/** True when a rebuild was left by its process, and nobody paused or stopped it. It may be in another's hands by now. */
export const isInterrupted = async ({ pool, log }: OperationsOptions, { name }: Projection): Promise<boolean> => {
  const rows = await versionsOf(pool, name);
  const unfinished = rows.findLast(isUnfinished(await log.epoch()));
  return unfinished !== undefined && !unfinished.paused && !unfinished.stopped;
};
