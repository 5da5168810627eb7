import { isRefusal } from '@ims/contracts/error-codes';
import type pg from 'pg';
import type { SettleHow, Settlement } from '../runner/settle.ts';
import type { OperationAnswer, Operations } from '../versions/operations.ts';
import { saveDifferences, sentenceAbout } from './findings.ts';
import { keepVersion, type Outcome, saveProgress, type TakenRequest } from './request-rows.ts';

/** A projection that this process runs, as far as its dead letters go. */
export type SettlingProjection = {
  status(): { readonly name: string; readonly version: number };
  settle(deadLetterId: string, how: SettleHow): Promise<Settlement>;
};

export type RunDependencies = {
  readonly pool: pg.Pool;
  readonly operations: Omit<Operations, 'resumeInterrupted'>;
  /** What this process runs now. */
  readonly running: () => readonly SettlingProjection[];
};

/** Carries a request out. Rejects with the signal's reason when aborted, with what happened when it went wrong. */
export const runRequest = async (
  request: TakenRequest,
  dependencies: RunDependencies,
  signal: AbortSignal,
): Promise<Outcome> => {
  if (request.operation === 'verify') return verify(request, dependencies, signal);
  const answer = await carryOut(await withVersion(request, dependencies), dependencies, signal);
  return isRefusal(answer) ? refused(answer.message) : { state: 'done', answer };
};

const refused = (answer: string): Outcome => ({ state: 'refused', answer });

/** "The version before" is another one once it was done: which one is meant is settled before anything is. */
const withVersion = async (request: TakenRequest, { pool, operations }: RunDependencies): Promise<TakenRequest> => {
  const { id, operation, projection, siteId, version } = request;
  if (version !== null || (operation !== 'switch' && operation !== 'rollback')) return request;
  const meant = await operations.versionMeant(projection, operation, siteId);
  return { ...request, version: await keepVersion(pool, id, meant ?? null) };
};

const carryOut = (
  request: TakenRequest,
  dependencies: RunDependencies,
  signal: AbortSignal,
): Promise<OperationAnswer> => {
  const { operation, projection, dryRun } = request;
  const { operations } = dependencies;
  const siteId = request.siteId ?? undefined;
  const version = request.version ?? undefined;
  const throttle = request.throttle ?? undefined;
  switch (operation) {
    case 'rebuild':
      return operations.rebuild(projection, { siteId, throttle, dryRun }, () => undefined, signal);
    case 'pause':
      return operations.pause(projection, version);
    case 'resume':
      return operations.resume(projection, version);
    case 'switch':
      return operations.switchTo(projection, { version, siteId, isRepeated: request.wasTaken });
    case 'rollback':
      return operations.rollback(projection, { version, siteId, isRepeated: request.wasTaken });
    case 'drop':
      return version === undefined ? noVersion() : operations.drop(projection, version);
    case 'retry-dead-letter':
      return settle(request, dependencies, 'retry');
    case 'skip-dead-letter':
      return settle(request, dependencies, 'skip');
    case 'verify':
      throw new Error('A verification is more than an answer.');
  }
};

const no = (message: string): OperationAnswer => ({ refused: true, code: 'CONFLICT', message, details: [] });
const noVersion = (): Promise<OperationAnswer> => Promise.resolve(no('Say which version to drop'));

const settle = async (
  { deadLetterId }: TakenRequest,
  { pool, running }: RunDependencies,
  how: 'retry' | 'skip',
): Promise<OperationAnswer> => {
  const { rows } = await pool.query<{ projection: string; version: number }>(
    'select projection, version from read.dead_letters where id = $1',
    [deadLetterId],
  );
  const letter = rows[0];
  if (!letter || deadLetterId === null) return no('This dead letter is gone: its version was dropped');
  const { projection, version } = letter;
  const found = running().find((one) => {
    const status = one.status();
    return status.name === projection && status.version === version;
  });
  if (found) return answerOf(await found.settle(deadLetterId, how), letter);
  return no(nobodyProjects(letter));
};

type Version = { readonly projection: string; readonly version: number };

const nobodyProjects = ({ projection, version }: Version): string =>
  `Nobody projects ${projection} version ${version}: resume it, then ask again`;

const answerOf = (settlement: Settlement, version: Version): OperationAnswer => {
  switch (settlement) {
    case 'resolved':
      return 'The record is current again';
    case 'skipped':
      return 'The event is left out, the record goes on without it';
    case 'not-found':
      return no('This dead letter is settled already');
    case 'not-leading':
      return no(nobodyProjects(version));
    default:
      return no(`The record is ${settlement.replace('-', ' ')}`);
  }
};

const verify = async (
  { id, projection, version, siteId }: TakenRequest,
  { pool, operations }: RunDependencies,
  signal: AbortSignal,
): Promise<Outcome> => {
  const tell = atMostEverySecond((done: number, total: number) => saveProgress(pool, id, done, total));
  const options = { version: version ?? undefined, siteId: siteId ?? undefined };
  const found = await operations.verify(projection, { ...options, tell }, signal);
  if (isRefusal(found)) return refused(found.message);
  await saveDifferences(pool, id, found);
  return { state: 'done', answer: sentenceAbout(found) };
};

/** Lost progress is no reason to fail what it is about. */
const atMostEverySecond = (save: (done: number, total: number) => Promise<void>) => {
  let lastAt = 0;
  return (done: number, total: number): void => {
    if (Date.now() - lastAt < 1_000) return;
    lastAt = Date.now();
    save(done, total).catch(() => undefined);
  };
};
