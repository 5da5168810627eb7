import { z } from 'zod';
import { Uuid } from '../ids.ts';
import { Operation } from './events.ts';

/**
 * `rebuilding`: being filled from the log. `ready`: filled and followed, readers do not use it. `live`: readers use it
 * (all sites or some). `paused`: an operator stopped it. `stopped`: it stopped itself; `lastError` says why.
 */
export const ProjectionVersionState = z.enum(['rebuilding', 'ready', 'live', 'paused', 'stopped']);
export type ProjectionVersionState = z.infer<typeof ProjectionVersionState>;

/** Positions are decimal text, times ISO 8601 UTC, durations milliseconds unless the name says seconds. */
export const ProjectionVersionStatus = z
  .object({
    version: z.number().int().min(1),
    state: ProjectionVersionState,
    /** Set when this version holds the rows of one site only. */
    siteId: z.string().nullable(),
    /** How many sites read it: `all`, or the ids of those that read it while others read another. */
    readBy: z.union([z.literal('all'), z.array(z.string())]),
    position: z.string(),
    /** Null while the event log cannot be read. */
    lagEvents: z.number().int().min(0).nullable(),
    /** Age of the oldest event that is not in the rows yet; 0 when none is missing, null while the event log cannot be read. */
    lagMs: z.number().int().min(0).nullable(),
    eventsPerSecond: z.number().min(0),
    deadLetters: z.number().int().min(0),
    progress: z
      .object({
        done: z.number().int().min(0),
        total: z.number().int().min(0),
        etaSeconds: z.number().int().min(0).nullable(),
      })
      .optional(),
    throttle: z.number().int().nullable(),
    lastError: z.string().optional(),
    verified: z.object({ at: z.string(), differences: z.number().int().min(0) }).optional(),
  })
  .meta({ id: 'ProjectionVersionStatus' });
export type ProjectionVersionStatus = z.infer<typeof ProjectionVersionStatus>;

export const ProjectionStatus = z
  .object({
    name: z.string(),
    activeVersion: z.number().int().min(1),
    /** The version that `rollback` would go back to. */
    previousVersion: z.number().int().nullable(),
    /** True when it can be rebuilt for one site alone. */
    bySite: z.boolean(),
    versions: z.array(ProjectionVersionStatus),
  })
  .meta({ id: 'ProjectionStatus' });
export type ProjectionStatus = z.infer<typeof ProjectionStatus>;

export const ProjectionList = z.object({
  projections: z.array(ProjectionStatus),
  /** Position of the newest event of the log, and the log's epoch; null while the log cannot be read. */
  head: z.string().nullable(),
  epoch: z.number().int().min(1).nullable(),
});
export type ProjectionList = z.infer<typeof ProjectionList>;

/** `all` stands for every projection where the operation allows it (rebuild, verify, pause, resume). */
export const ProjectionParams = z.object({ name: z.string().min(1).max(50) });

export const projectionOperations = ['rebuild', 'pause', 'resume', 'switch', 'rollback', 'verify', 'drop'] as const;

export const ProjectionOperationBody = z
  .strictObject({
    /** Only this site: rebuild, switch, rollback and verify. */
    siteId: Uuid.optional(),
    /** Which version: switch, verify, pause, resume and drop; where it is left out, the one that is meant most likely. */
    version: z.number().int().min(1).optional(),
    /** Events a second at most, for a rebuild beside a busy day. */
    throttle: z.number().int().min(1).max(1_000_000).optional(),
    /** Rebuild: count and estimate, change nothing. */
    dryRun: z.boolean().optional(),
  })
  .meta({ id: 'ProjectionOperationBody' });
export type ProjectionOperationBody = z.infer<typeof ProjectionOperationBody>;

export const OperationState = z.enum(['waiting', 'running', 'done', 'refused', 'failed']);

/** A request and what became of it; `answer` is a sentence for the operator. */
export const OperationRequest = z
  .object({
    id: z.string(),
    operation: Operation,
    projection: z.string(),
    siteId: z.string().nullable(),
    version: z.number().int().nullable(),
    deadLetterId: z.string().nullable(),
    /** User id of who asked; null for the command line. */
    requestedBy: z.string().nullable(),
    requestedAt: z.string(),
    state: OperationState,
    answer: z.string().nullable(),
    finishedAt: z.string().nullable(),
    /** How far a verification has come, in events. */
    progress: z.object({ done: z.number().int().min(0), total: z.number().int().min(0) }).optional(),
  })
  .meta({ id: 'OperationRequest' });
export type OperationRequest = z.infer<typeof OperationRequest>;

/** Answer (202) of every operation. */
export const OperationAccepted = z.object({ success: z.literal(true), request: OperationRequest });
/** `GET /operations/requests`: the newest first, at most 50. */
export const OperationRequestList = z.object({ requests: z.array(OperationRequest) });
/** `GET /operations/requests/{id}` */
export const OperationRequestAnswer = z.object({ request: OperationRequest });

/** An event that could not be projected; later events of its stream wait behind it. */
export const DeadLetter = z
  .object({
    id: z.string(),
    projection: z.string(),
    version: z.number().int().min(1),
    stream: z.string(),
    siteId: z.string().nullable(),
    position: z.string(),
    revision: z.number().int().min(0),
    eventType: z.string(),
    /** What went wrong, without people's content. */
    error: z.string(),
    parkedAt: z.string(),
    /** How many later events of the stream wait behind it. */
    waitingEvents: z.number().int().min(0),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;
export const DeadLetterList = z.object({ deadLetters: z.array(DeadLetter) });
export const DeadLetterParams = z.object({ id: Uuid });
