import { performance } from 'node:perf_hooks';
import type { Logger } from '@ims/platform/observability/logger';
import type pg from 'pg';
import type { Round } from '../background-work.ts';
import { composeLetter } from './compose-letter.ts';
import { isRefusedForGood, isServerAway, type MailTransport, problemOf } from './mail-transport.ts';
import type { Outbox } from './outbox.ts';

export type MailSender = {
  /** Sends the mail that has been due longest; many processes may do so at once. */
  round(): Promise<Round>;
};

export type MailSenderOptions = {
  readonly pool: pg.Pool;
  readonly outbox: Pick<Outbox, 'open'>;
  readonly transport: MailTransport;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Told how each mail ended. */
  readonly ended?: ((how: 'sent' | 'given-up') => void) | undefined;
  /** Seconds before the next try, after this many tries; default `retrySeconds`. */
  readonly retryAfter?: (attempts: number) => number;
};

/** 10 s, doubled at each try up to an hour, give or take a fifth so that mails do not come back all at once. */
export const retrySeconds = (attempts: number, random: () => number = Math.random): number =>
  Math.round(Math.min(10 * 2 ** Math.min(attempts - 1, 20), 3_600) * (0.8 + 0.4 * random()));

type Due = {
  readonly id: string;
  readonly template: string;
  readonly sealed: string;
  readonly attempts: number;
  readonly expired: boolean;
};

/** Far longer than a send may take: nobody else takes the mail up meanwhile, and after a crash somebody does. */
const leaseMinutes = 5;
const sendMs = 120_000;
const cleanUpMs = 3_600_000;

const takeDue = `
  update write_side.outbox set attempts = attempts + 1, next_attempt_at = now() + interval '${leaseMinutes} minutes'
  where id = (
    select id from write_side.outbox
    where sent_at is null and given_up_at is null and next_attempt_at <= now()
    order by next_attempt_at limit 1 for update skip locked
  )
  returning id, template, sealed, attempts, expires_at <= now() as expired`;

/**
 * Sends what waits in the outbox. A mail is taken for some minutes, sent, and only then marked; two processes never
 * hold one at once. A process that dies after the server took a mail and before the mark leaves it to be sent again:
 * once too often is better than never, and both have one Message-ID.
 */
export const createMailSender = (options: MailSenderOptions): MailSender => {
  const { pool } = options;
  let cleanedAt: number | undefined;

  const cleanUp = async (): Promise<void> => {
    const now = performance.now();
    if (cleanedAt !== undefined && now - cleanedAt < cleanUpMs) return;
    await pool.query(`delete from write_side.outbox where coalesce(sent_at, given_up_at) < now() - interval '30 days'`);
    cleanedAt = now;
  };

  return {
    round: async () => {
      const { rows } = await pool.query<Due>(takeDue);
      const [due] = rows;
      if (due) return handle(options, due);
      await cleanUp();
      return 'idle';
    },
  };
};

const handle = async (options: MailSenderOptions, due: Due): Promise<Round> => {
  if (due.expired) return giveUp(options, due, 'expired');
  try {
    const letter = composeLetter(options.outbox.open(due));
    await inTime(options.transport.send(letter));
  } catch (error) {
    return afterFailure(options, due, error);
  }
  await end(options, due, 'sent');
  options.logger.info({ operation: 'send mail', id: due.id, template: due.template }, 'Mail sent');
  return 'more';
};

const afterFailure = async (options: MailSenderOptions, due: Due, error: unknown): Promise<Round> => {
  const problem = problemOf(error);
  if (isRefusedForGood(error)) return giveUp(options, due, problem);
  const { pool, logger, retryAfter = retrySeconds } = options;
  // Not later than its end, so that giving up is said in time.
  await pool.query(
    `update write_side.outbox
     set last_error = $2, next_attempt_at = least(now() + make_interval(secs => $3), expires_at) where id = $1`,
    [due.id, problem, retryAfter(due.attempts)],
  );
  const { id, template, attempts } = due;
  logger.warn({ operation: 'send mail', id, template, attempts, problem }, 'Mail not sent; it is tried again');
  return isServerAway(error) ? 'later' : 'more';
};

const giveUp = async (options: MailSenderOptions, due: Due, problem: string): Promise<Round> => {
  await end(options, due, 'given-up', problem);
  const { id, template, attempts } = due;
  options.logger.error({ operation: 'send mail', id, template, attempts, problem }, 'Mail given up');
  return 'more';
};

/** What it said is needed no more, and might open an account. */
const end = async (
  { pool, ended }: MailSenderOptions,
  { id }: Due,
  how: 'sent' | 'given-up',
  problem?: string,
): Promise<void> => {
  const column = how === 'sent' ? 'sent_at' : 'given_up_at';
  await pool.query(
    `update write_side.outbox set ${column} = now(), sealed = '', last_error = coalesce($2, last_error) where id = $1`,
    [id, problem ?? null],
  );
  ended?.(how);
};

const inTime = async (sending: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = Object.assign(new Error('The mail server takes too long.'), { code: 'ETIMEDOUT' });
    timer = setTimeout(() => reject(error), sendMs);
  });
  try {
    await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** How many mails wait, and since when the oldest of them has. */
export const readWaitingMail = async (
  pool: pg.Pool,
): Promise<{ readonly count: number; readonly oldestSeconds: number }> => {
  const { rows } = await pool.query<{ count: bigint; oldest: number }>(
    `select count(*) as count, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest
     from write_side.outbox where sent_at is null and given_up_at is null`,
  );
  return { count: Number(rows[0]?.count ?? 0n), oldestSeconds: rows[0]?.oldest ?? 0 };
};
