import pg from 'pg';

export type Listening = {
  readonly url: string;
  /** Shown in pg_stat_activity, with `-listen` behind it. */
  readonly applicationName: string;
  /** A name that SQL takes as it is. */
  readonly channel: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly queryTimeoutMs?: number;
  /** From now on notices come; what was sent before is lost. */
  readonly began: (client: pg.Client) => void;
  readonly noticed: (payload: string | undefined) => void;
};

/**
 * Hears PostgreSQL's notices on a connection of its own. Resolves when the connection has ended or the signal aborts;
 * rejects when the connection could not be made. It is for the caller to listen again.
 */
export const listenOnChannel = async (listening: Listening): Promise<void> => {
  const { url, applicationName, channel, signal, queryTimeoutMs, began, noticed } = listening;
  const client = new pg.Client({
    connectionString: url,
    application_name: `${applicationName}-listen`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
  });
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  client.on('error', end);
  client.on('end', end);
  client.on('notification', ({ payload }) => noticed(payload));
  // The signal outlives the connection by far: what stays on it adds up with every outage.
  signal.addEventListener('abort', end, { once: true });
  try {
    await client.connect();
    await client.query(`listen ${channel}`);
    began(client);
    if (!signal.aborted) await ended;
  } finally {
    signal.removeEventListener('abort', end);
    await client.end().catch(() => undefined);
  }
};
