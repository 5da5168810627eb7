import { setTimeout as delay } from 'node:timers/promises';
import type { Codec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type { HealthCheck } from '@ims/platform/http/health';
import type { Logger } from '@ims/platform/observability/logger';
import type { Metrics } from '@ims/platform/observability/metrics';
import type { StopStep } from '@ims/platform/process/graceful-stop';
import type { SecurityInbox } from '@ims/platform/security-events/security-inbox';
import type pg from 'pg';
import { createDeletion } from './auth/delete-what-ended.ts';
import { type Bell, startBackgroundWork } from './background-work.ts';
import { type MailOptions, openMailTransport } from './mail/mail-options.ts';
import type { Outbox } from './mail/outbox.ts';
import { createMailSender, readWaitingMail } from './mail/send-mail.ts';
import { createSecurityDrain } from './security/append-security-events.ts';

/** Rung when something was put into the security inbox, or into the outbox. */
export type Bells = { readonly inbox: Bell; readonly outbox: Bell };

export type BackgroundOptions = {
  readonly pool: pg.Pool;
  readonly log: EventLog;
  readonly codec: Codec;
  readonly inbox: SecurityInbox;
  readonly outbox: Outbox;
  readonly bells: Bells;
  /** Without it mails stay in the outbox, for another process. */
  readonly mail?: MailOptions | undefined;
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
};

const pollMs = 1_000;
const deletionMs = 3_600_000;
/** A mail that a server is just taking is left to it when the process has to end. */
const sendingMs = 5_000;

/** What a command API does without being asked: security events into the log, mails out of the outbox, what ended away. */
export const startBackground = (options: BackgroundOptions): readonly StopStep[] => {
  const { bells, logger, metrics } = options;
  const leftAside = metrics?.identity.securityEventsLeftAside;
  const drain = createSecurityDrain({ ...options, leftAside });
  const events = startBackgroundWork({ name: 'security events', round: drain.round, pollMs, logger });
  bells.inbox.onRing(events.wake);
  const { round } = createDeletion(options.pool);
  const deletion = startBackgroundWork({ name: 'deleting what ended', round, pollMs: deletionMs, logger });
  return [
    ...startMail(options),
    { name: 'security events', stop: events.stop },
    { name: 'deleting what ended', stop: deletion.stop },
  ];
};

const startMail = ({ pool, outbox, bells, mail, logger, metrics }: BackgroundOptions): readonly StopStep[] => {
  if (!mail) return [];
  metrics?.identity.mailWaiting(async () => (await readWaitingMail(pool)).count);
  const transport = openMailTransport(mail);
  const sender = createMailSender({ pool, outbox, transport, logger, ended: metrics?.identity.mailEnded });
  const sending = startBackgroundWork({ name: 'send mail', round: sender.round, pollMs, logger });
  bells.outbox.onRing(sending.wake);
  const stop = async (): Promise<void> => {
    const late = new AbortController();
    await Promise.race([sending.stop(), delay(sendingMs, undefined, late).catch(() => undefined)]);
    late.abort();
  };
  return [{ name: 'mail', stop }];
};

const longestWaitSeconds = 15 * 60;

/** Sign-in and all work go on while mails wait; those who asked for a link notice. */
export const checkMail =
  (pool: pg.Pool): HealthCheck =>
  async () => {
    const { count, oldestSeconds } = await readWaitingMail(pool);
    return { status: oldestSeconds > longestWaitSeconds ? 'DEGRADED' : 'UP', details: { waiting: count } };
  };
