import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../observability/logger.ts';
import type { SecurityInbox } from '../security-events/security-inbox.ts';
import type { DenialReason, Denied } from './route-access.ts';

/** A refused call of somebody who is signed in. `operation` is method and route, without values. */
export type Denial = Denied & {
  readonly operation: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly correlationId: string;
};

export type DenialRecorder = {
  /** Never throws and never waits. */
  report(denial: Denial): void;
  /** Writes what was only counted until now. */
  close(): Promise<void>;
};

export type DenialRecorderOptions = {
  readonly inbox: Pick<SecurityInbox, 'record'>;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
  /** Told of every refusal that finds no room. */
  readonly notRecorded?: (() => void) | undefined;
  readonly windowMs?: number;
  /** Default 1,000. */
  readonly mostWindows?: number;
};

/** `at`: ISO 8601, UTC. */
type DatedDenial = Denial & { readonly at: string };

/** The refusals of one person on one route that are counted together; `rest` is the first that is not written yet. */
type Window = { rest: DatedDenial | undefined; times: number; timer: NodeJS.Timeout };

/** Who is refused on more routes and sites at once is no longer told apart by site: ids of sites can be made up. */
const mostOfOnePerson = 50;

/**
 * Makes `AccessDenied` of refusals: the first of a person, operation, reason and site at once, those of the minute
 * after it counted and as one event when it ends. What cannot be written is kept for another minute.
 */
export const createDenialRecorder = (options: DenialRecorderOptions): DenialRecorder => {
  const { windowMs = 60_000, mostWindows = 1_000 } = options;
  const windows = new Map<string, Window>();
  const ofPerson = createCounts();
  const { write, written } = createWriter(options);
  const refuse = createOverflow(options, windowMs);

  const endWindow = (key: string, userId: string, window: Window): void => {
    const { rest, times } = window;
    if (!rest) {
      windows.delete(key);
      ofPerson.less(userId);
      return;
    }
    Object.assign(window, { rest: undefined, times: 0 });
    // A minute of its own again: its events are a minute apart at least, also when somebody never stops.
    window.timer = setTimeout(() => endWindow(key, userId, window), windowMs).unref();
    write(rest, times, () => count(window, rest, times));
  };

  return {
    report: (reported) => {
      const denial = { ...reported, at: new Date().toISOString() };
      const { userId, siteId, operation, reason } = denial;
      const isCrowded = ofPerson.of(userId) >= mostOfOnePerson;
      const key = JSON.stringify([userId, operation, reason, ...(isCrowded ? [] : [siteId])]);
      const known = windows.get(key);
      if (known) return count(known, denial, 1);
      if (windows.size >= mostWindows) return refuse(denial);
      const timer = setTimeout(() => endWindow(key, userId, window), windowMs).unref();
      const window: Window = { rest: undefined, times: 0, timer };
      windows.set(key, window);
      ofPerson.more(userId);
      return write(denial, 1, () => count(window, denial, 1));
    },
    close: async () => {
      await written();
      for (const { rest, times, timer } of windows.values()) {
        clearTimeout(timer);
        if (rest) write(rest, times, () => undefined);
      }
      windows.clear();
      await written();
    },
  };
};

const count = (window: Window, denial: DatedDenial, times: number): void => {
  window.rest ??= denial;
  window.times += times;
};

/** Writes in the background; `written` waits for what is under way. */
const createWriter = ({ inbox, logger }: DenialRecorderOptions) => {
  const writing = new Set<Promise<void>>();
  const write = (denial: DatedDenial, times: number, onFailure: () => void): void => {
    const { userId, siteId, operation, reason, ip, userAgent, correlationId, at: occurredAt } = denial;
    const data = { userId, operation: operation.slice(0, 200), reason, times, ip, userAgent };
    const event = { type: 'AccessDenied' as const, data };
    const one = inbox
      .record({ event, actorId: userId, siteId, correlationId, occurredAt })
      .catch((error: unknown) => {
        logger.error({ err: error, operation: 'record denials', userId }, 'A refusal cannot be recorded now');
        onFailure();
      })
      .finally(() => writing.delete(one));
    writing.add(one);
  };
  return { write, written: () => Promise.all(writing) };
};

/** What is too much is counted, and said once in a while. */
const createOverflow = ({ logger, notRecorded }: DenialRecorderOptions, quietMs: number) => {
  let saidAt: number | undefined;
  return ({ userId }: Denial): void => {
    notRecorded?.();
    const now = performance.now();
    if (saidAt !== undefined && now - saidAt < quietMs) return;
    saidAt = now;
    const line = { operation: 'record denials', userId };
    logger.warn(line, 'More kinds of refusals at once than are recorded apart; some are missing from the audit');
  };
};

const createCounts = () => {
  const counts = new Map<string, number>();
  return {
    of: (key: string): number => counts.get(key) ?? 0,
    more: (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1),
    less: (key: string): void => {
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    },
  };
};

/** Hook after the answer: what `authorize` refused, a handler's 403, and records that are not there for the caller. */
export const reportDenials =
  (denials: Pick<DenialRecorder, 'report'>) =>
  (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const denied = request.denied ?? deniedByHandler(request, reply.statusCode);
    if (denied) {
      denials.report({
        ...denied,
        operation: `${request.method} ${request.routeOptions.url ?? '(unknown route)'}`,
        ip: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
        correlationId: request.id,
      });
    }
    done();
  };

const deniedByHandler = (request: FastifyRequest, status: number): Denied | undefined => {
  const { caller, site } = request;
  if (!caller) return undefined;
  const because = (reason: DenialReason): Denied => ({ userId: caller.userId, siteId: site?.id, reason });
  if (status === 403) return because('not-allowed');
  return status === 404 && namesRecord(request) ? because('no-such-record') : undefined;
};

/** Whether the address holds the id of something on the site, beside the site's own. */
const namesRecord = ({ routeOptions, params }: FastifyRequest): boolean => {
  const { access } = routeOptions.config;
  if (access?.kind !== 'site') return false;
  const names = Object.keys((params ?? {}) as Record<string, unknown>);
  return names.length > (access.siteFrom === 'path' ? 1 : 0);
};
