import type { Refusal } from '@ims/contracts/error-codes';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { Messages } from '@ims/platform/messages/messages';
import type { Logger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import type { OpenEvents } from '../runner/event-feed.ts';
import type { Projection } from '../runner/projection.ts';
import type { Verification } from '../verify.ts';
import { isBySite, notBySite, unknownProjection } from './answers.ts';
import { pauseVersion, resumeVersion, rollBack, switchByHand, verifyByHand, versionMeant } from './by-hand.ts';
import { dropByHand } from './drop-version.ts';
import { estimateRebuild } from './dry-run.ts';
import { isInterrupted, rebuild } from './rebuild.ts';

export type { Difference, Verification } from '../verify.ts';
export { readVersions, type VersionRow } from './version-rows.ts';

export type OperationsOptions = {
  /** Of the role `ims_projector`. */
  readonly pool: pg.Pool;
  /** The database's owner, direct (not through a pooler): makes and drops tables, nothing else. */
  readonly ownerUrl: string;
  readonly log: EventLog;
  /** Usually `(events) => codec.openAll(events)`. */
  readonly open: OpenEvents;
  readonly messages: Messages;
  readonly projections: readonly Projection[];
  readonly logger: Logger;
  /** Called when versions came, went or changed their state, so that the projector beside it need not wait for its poll. */
  readonly changed?: () => void;
};

export type RebuildStep = 'filling' | 'paused' | 'indexing' | 'catching-up' | 'verifying' | 'switching';

export type RebuildProgress = {
  readonly projection: string;
  readonly version: number;
  readonly step: RebuildStep;
  /** Events. */
  readonly done: number;
  readonly total: number;
  readonly eventsPerSecond: number;
  /** Of the filling; null when nothing is known yet. */
  readonly etaSeconds: number | null;
};

export type RebuildOptions = {
  readonly siteId?: string | undefined;
  /** Events a second at most. */
  readonly throttle?: number | undefined;
  readonly dryRun?: boolean | undefined;
};

export type SwitchAsked = { readonly version?: number | undefined; readonly siteId?: string | undefined };

export type RepeatableSwitch = SwitchAsked & {
  /** True when it may have been done already: then a version that is in use is no reason to refuse. */
  readonly isRepeated?: boolean | undefined;
};

export type VerifyAsked = SwitchAsked & {
  /** Events folded so far, and how many there were when it began. */
  readonly tell?: ((done: number, total: number) => void) | undefined;
};

/** A sentence for the operator, or a refusal whose message is one. */
export type OperationAnswer = string | Refusal;

/** `name` is a projection's; `all` is for the caller to take apart. Accidents (database, log) are thrown. */
export type Operations = {
  /**
   * Builds the next version beside the live one, verifies it, switches readers over. One that was interrupted goes on;
   * one that another process works on is followed to its end. Rejects with the signal's reason when aborted: it then
   * goes on when somebody calls again, or by `resumeInterrupted`.
   */
  rebuild(
    name: string,
    options: RebuildOptions,
    tell: (progress: RebuildProgress) => void,
    signal: AbortSignal,
  ): Promise<OperationAnswer>;
  /** Without a version: the one being rebuilt, else the one that readers use. */
  pause(name: string, version?: number): Promise<OperationAnswer>;
  /** Without a version: the one that is paused or stopped. */
  resume(name: string, version?: number): Promise<OperationAnswer>;
  /** Without a version: the newest that is ready. All sites, or one. */
  switchTo(name: string, options: RepeatableSwitch): Promise<OperationAnswer>;
  /** `version`: what `versionMeant` answered before the first attempt. */
  rollback(name: string, options: RepeatableSwitch): Promise<OperationAnswer>;
  /** The version that a switch without a version, or a rollback, goes to as things stand; none when it goes nowhere. */
  versionMeant(name: string, operation: 'switch' | 'rollback', siteId: string | null): Promise<number | undefined>;
  /** Without a version: the one that readers use. The answer names every differing row. `tell`: events, now and then. */
  verify(
    name: string,
    options: {
      readonly version?: number | undefined;
      readonly siteId?: string | undefined;
      readonly tell?: ((done: number, total: number) => void) | undefined;
    },
    signal?: AbortSignal,
  ): Promise<Verification | Refusal>;
  drop(name: string, version: number): Promise<OperationAnswer>;
  /** Takes up rebuilds that a process left unfinished and that nobody works on; resolves when none is left. */
  resumeInterrupted(signal: AbortSignal): Promise<void>;
};

export const createOperations = (options: OperationsOptions): Operations => {
  const { pool, log, open, projections, changed } = options;
  const find = (name: string): Projection | undefined => projections.find((projection) => projection.name === name);
  const afterwards = async (answer: Promise<OperationAnswer>): Promise<OperationAnswer> => {
    const said = await answer;
    changed?.();
    return said;
  };
  return {
    rebuild: async (name, { siteId, throttle, dryRun = false }, tell, signal) => {
      const template = find(name);
      if (!template) return unknownProjection(name);
      if (siteId !== undefined && !isBySite(name)) return notBySite(name);
      const wish = { siteId: siteId ?? null, throttle: throttle ?? null };
      if (dryRun) return estimateRebuild({ pool, log, open, template, siteId: wish.siteId });
      return rebuild({ ...options, template, wish, mayBegin: true, signal, tell });
    },
    pause: (name, version) => afterwards(pauseVersion(pool, name, version)),
    resume: (name, version) => afterwards(resumeVersion(pool, name, version)),
    switchTo: (name, asked) => afterwards(switchByHand(options, name, asked)),
    rollback: (name, asked) => afterwards(rollBack(options, name, asked)),
    versionMeant: (name, operation, siteId) => versionMeant(pool, operation, { projection: name, siteId }),
    verify: async (name, asked, signal) => {
      const template = find(name);
      if (!template) return unknownProjection(name);
      if (asked.siteId !== undefined && !isBySite(name)) return notBySite(name);
      return verifyByHand(options, template, asked, signal);
    },
    drop: async (name, version) => {
      const template = find(name);
      if (!template) return unknownProjection(name);
      const refused = await dropByHand({ ...options, marked: () => changed?.() }, template, version);
      changed?.();
      return refused ?? `Version ${version} of ${name} is gone`;
    },
    resumeInterrupted: async (signal) => {
      for (const template of projections) {
        if (!(await isInterrupted(options, template))) continue;
        const wish = { siteId: null, throttle: null };
        await rebuild({ ...options, template, wish, mayBegin: false, signal, tell: () => undefined });
      }
    },
  };
};
