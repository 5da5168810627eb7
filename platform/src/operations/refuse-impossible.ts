import { type Refusal, refusal } from '@ims/contracts/error-codes';
import type { Operation } from '@ims/contracts/operations/events';
import { allProjections, operationsOnAll, projectionCatalogue } from '@ims/contracts/operations/projections';
import type pg from 'pg';
import { type Books, findSite, isRebuildOpen, readBooks } from './books.ts';
import type { AskedOperation } from './request-operation.ts';

/**
 * The refusal of what cannot be done as far as the books show it now; nothing when it may be tried. The projector
 * decides again when it carries the request out.
 */
export const refuseImpossible = async (pool: pg.Pool, asked: AskedOperation): Promise<Refusal | undefined> => {
  if (asked.operation === 'retry-dead-letter' || asked.operation === 'skip-dead-letter') {
    return refuseDeadLetter(pool, asked.deadLetterId ?? '');
  }
  const refused = refuseProjection(asked) ?? refuseOptions(asked) ?? (await refuseSite(pool, asked));
  if (refused) return refused;
  if (asked.operation === 'rebuild') return refuseSecondRebuild(pool, asked);
  if (asked.projection === allProjections) return undefined;
  return refuseVersion(asked, await readBooks(pool, asked.projection));
};

const refuseDeadLetter = async (pool: pg.Pool, id: string): Promise<Refusal | undefined> => {
  const { rows } = await pool.query<{ state: 'parked' | 'resolved' | 'skipped' }>(
    'select state from read.dead_letters where id = $1',
    [id],
  );
  const state = rows[0]?.state;
  if (state === undefined) return refusal('RESOURCE_NOT_FOUND', 'There is no such dead letter');
  if (state === 'parked') return undefined;
  return refusal('CONFLICT', `This dead letter was ${state === 'skipped' ? 'skipped' : 'resolved'} already`);
};

const refuseProjection = ({ operation, projection }: AskedOperation): Refusal | undefined => {
  if (projection === allProjections) {
    if (operationsOnAll.includes(operation)) return undefined;
    return refusal('VALIDATION_ERROR', `Name one projection: ${operation} does not work on all at once`);
  }
  if (Object.hasOwn(projectionCatalogue, projection)) return undefined;
  const known = Object.keys(projectionCatalogue).join(', ');
  return refusal('RESOURCE_NOT_FOUND', `There is no projection ${projection.slice(0, 50)}; there are ${known}`);
};

/** Which operations an option says something to. */
const optionsOf: Readonly<Record<'siteId' | 'version' | 'throttle' | 'dryRun', readonly Operation[]>> = {
  siteId: ['rebuild', 'switch', 'rollback', 'verify'],
  version: ['switch', 'verify', 'pause', 'resume', 'drop'],
  throttle: ['rebuild'],
  dryRun: ['rebuild'],
};

const invalid = (field: string, message: string): Refusal => refusal('VALIDATION_ERROR', message, [{ field, message }]);

const refuseOptions = (asked: AskedOperation): Refusal | undefined => {
  for (const [option, operations] of Object.entries(optionsOf)) {
    const isGiven = asked[option as keyof typeof optionsOf] !== undefined;
    if (isGiven && !operations.includes(asked.operation)) {
      return invalid(option, `${option} says nothing to ${asked.operation}: leave it out`);
    }
  }
  if (asked.version !== undefined && asked.projection === allProjections) {
    return invalid('version', 'Versions are numbered per projection: name one projection');
  }
  if (asked.operation === 'drop' && asked.version === undefined) {
    return invalid('version', 'Say which version to drop');
  }
  return undefined;
};

const refuseSite = async (pool: pg.Pool, { projection, siteId }: AskedOperation): Promise<Refusal | undefined> => {
  if (siteId === undefined) return undefined;
  if (projection !== allProjections && !projectionCatalogue[projection]?.bySite) {
    return invalid('siteId', `The rows of ${projection} are not kept by site: leave the site out`);
  }
  const found = await findSite(pool, siteId);
  return found.length > 0 ? undefined : refusal('RESOURCE_NOT_FOUND', 'There is no such site');
};

const refuseSecondRebuild = async (
  pool: pg.Pool,
  { projection, dryRun }: AskedOperation,
): Promise<Refusal | undefined> => {
  if (dryRun || !(await isRebuildOpen(pool, projection))) return undefined;
  const what = projection === allProjections ? 'a projection' : projection;
  return refusal('CONFLICT', `A rebuild of ${what} is waiting or running already`);
};

const refuseVersion = (asked: AskedOperation, books: Books): Refusal | undefined => {
  const { projection, version } = asked;
  // A drop that did not come to its end may be asked again.
  const standing = books.versions.filter(({ phase }) => phase !== 'dropping' || asked.operation === 'drop');
  if (version !== undefined && !standing.some((one) => one.version === version)) {
    const known = standing.map((one) => one.version).join(', ') || 'none';
    return refusal('CONFLICT', `${projection} has no version ${version}; its versions: ${known}`);
  }
  if (asked.operation === 'switch') return refuseSwitch(asked, books);
  if (asked.operation === 'rollback') return refuseRollback(asked, books);
  if (asked.operation === 'drop') return refuseDrop(asked, books);
  return undefined;
};

/** What the site reads: its own entry, else the one for all sites. */
const readingOf = ({ readings }: Books, siteId: string | undefined) =>
  readings.find((reading) => reading.siteId === siteId) ?? readings.find((reading) => reading.siteId === null);

const refuseSwitch = ({ projection, version, siteId }: AskedOperation, books: Books): Refusal | undefined => {
  if (version === undefined) {
    const active = readingOf(books, siteId)?.version;
    const isOther = books.versions.some(
      ({ phase, ...one }) => (phase === 'ready' || phase === 'live') && one.version !== active,
    );
    if (isOther) return undefined;
    return refusal('CONFLICT', `${projection} has no other version that is ready: rebuild it first`);
  }
  const target = books.versions.find((one) => one.version === version);
  if (target?.phase === 'rebuilding') {
    return refusal('CONFLICT', `${projection} version ${version} is still being filled`);
  }
  if (target?.stopped) {
    return refusal('CONFLICT', `${projection} version ${version} has stopped: it would never be current`);
  }
  if (target?.siteId && target.siteId !== siteId) {
    return refusal('CONFLICT', `${projection} version ${version} holds the rows of one site only: name that site`);
  }
  return undefined;
};

const refuseRollback = ({ projection, siteId }: AskedOperation, books: Books): Refusal | undefined => {
  const previous = readingOf(books, siteId)?.previous ?? null;
  if (previous === null) return refusal('CONFLICT', `${projection} was never switched: there is nothing to go back to`);
  if (books.versions.some(({ version, phase }) => version === previous && phase !== 'dropping')) return undefined;
  return refusal('CONFLICT', `The previous version ${previous} of ${projection} was dropped: rebuild instead`);
};

const refuseDrop = ({ projection, version }: AskedOperation, { readings }: Books): Refusal | undefined => {
  if (!readings.some((reading) => reading.version === version)) return undefined;
  return refusal('CONFLICT', `${projection} version ${version} is what readers use: switch away from it first`);
};
