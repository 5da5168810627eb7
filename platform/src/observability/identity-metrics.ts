import { Counter, Gauge, type Registry } from 'prom-client';

export type IdentityMetrics = {
  /** How a mail ended. */
  mailEnded(how: 'sent' | 'given-up'): void;
  /** `read` tells how many mails wait in the outbox; asked whenever somebody looks at the metrics. */
  mailWaiting(read: () => Promise<number>): void;
  /** How many security events this process cannot bring into the log. */
  securityEventsLeftAside(count: number): void;
  /** A refusal found no room in the recorder. */
  denialNotRecorded(): void;
};

export const createIdentityMetrics = (registry: Registry): IdentityMetrics => {
  const registers = [registry];
  const mails = new Counter({
    name: 'ims_mails_total',
    help: 'Mails by how they ended',
    labelNames: ['result'],
    registers,
  });
  const aside = new Gauge({
    name: 'ims_security_events_left_aside',
    help: 'Security events in the inbox that this process cannot bring into the log',
    registers,
  });
  const denials = new Counter({
    name: 'ims_denials_not_recorded_total',
    help: 'Refused calls that are missing from the audit because there were too many kinds at once',
    registers,
  });
  return {
    mailEnded: (how) => mails.inc({ result: how }),
    mailWaiting: (read) => {
      new Gauge({
        name: 'ims_mails_waiting',
        help: 'Mails in the outbox that are not sent yet, of all processes',
        registers,
        async collect() {
          // Without the database nobody knows; the other metrics must be readable all the same.
          this.set(await read().catch(() => Number.NaN));
        },
      });
    },
    securityEventsLeftAside: (count) => aside.set(count),
    denialNotRecorded: () => denials.inc(),
  };
};
