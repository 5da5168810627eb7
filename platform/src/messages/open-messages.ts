import type { Logger } from '../observability/logger.ts';
import type { Messages } from './messages.ts';
import { createNatsMessages } from './nats-messages.ts';
import { createPostgresMessages } from './postgres-messages.ts';

/** The variables of these names; `MESSAGES=nats` needs `NATS_URL`. */
export type MessagesConfig = { readonly MESSAGES: 'postgres' | 'nats'; readonly NATS_URL?: string | undefined };

export type MessagesServer = {
  /** Where LISTEN works; not asked for with NATS. */
  readonly databaseUrl: string;
  readonly applicationName: string;
  readonly logger: Logger;
};

/** Connects when first used, and again by itself whenever the connection is lost. */
export const openMessages = ({ MESSAGES, NATS_URL }: MessagesConfig, server: MessagesServer): Messages => {
  const { databaseUrl, applicationName, logger } = server;
  if (MESSAGES === 'postgres') return createPostgresMessages({ url: databaseUrl, applicationName });
  if (!NATS_URL) throw new Error('MESSAGES=nats needs NATS_URL.');
  return createNatsMessages({ url: NATS_URL, applicationName, logger });
};
