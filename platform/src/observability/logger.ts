import { type Logger as PinoLogger, pino, destination as pinoDestination } from 'pino';

export type Logger = PinoLogger;

/**
 * JSON lines on standard output: time, level, component, and what the caller adds (operation, userId, siteId,
 * correlationId). Never titles, names, e-mails or whole addresses: log ids, and IPs through `maskIp`.
 * Silent under vitest unless a destination is given.
 */
export const createLogger = (options: {
  readonly component: string;
  readonly level: string;
  readonly destination?: { write(line: string): void };
}): Logger => {
  const { component, level, destination } = options;
  const settings = {
    level: process.env.VITEST && !destination ? 'silent' : level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: withoutRows },
    redact: { paths: ['password', '*.password', 'token', '*.token', '*.authorization', '*.cookie'], remove: true },
  };
  return pino(settings, destination ?? standardOutput());
};

/** What PostgreSQL tells of the row at fault may hold a person's name. */
const withoutRows = (error: Error) => {
  const { detail: _row, where: _statement, internalQuery: _query, ...rest } = pino.stdSerializers.err(error);
  return rest;
};

let output: ReturnType<typeof pinoDestination> | undefined;
/** One for the whole process: two buffers on one descriptor would mix their lines. */
const standardOutput = () => {
  output ??= pinoDestination({ dest: 1, sync: false });
  return output;
};

/** Writes out what the buffered standard output still holds; called last at a stop. */
export const flushLogs = (): void => output?.flushSync();

/** An address that tells the network and not the machine: `192.0.2.0`, `2001:db8:1::`. */
export const maskIp = (address: string): string => {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address)?.[1];
  if (v4) return `${v4}.0`;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  return tail === undefined || groups.length >= 3 ? `${groups.slice(0, 3).join(':')}::` : `${groups.join(':')}::`;
};
