import { type ConnectionOptions, connect, ErrorCode, type NatsConnection, NatsError } from 'nats';
import { EngineRefused } from '../process/engine-refused.ts';
import { inTime } from '../process/in-time.ts';
import type { NatsLinkOptions } from './nats-link.ts';

const dialTimeoutMs = 2_000;

/** Connects to one of the servers and greets it; rejects within about 4 s, or when the signal is aborted. */
export const dialNats = async (
  options: NatsLinkOptions,
  servers: readonly string[],
  signal: AbortSignal,
): Promise<NatsConnection> => {
  const dialling = connect({ ...settings(options), servers: [...servers] });
  try {
    const connection = await inTime(dialTimeoutMs * 2, dialling, signal);
    await inTime(dialTimeoutMs, options.greet(connection), signal);
    return connection;
  } catch (error) {
    dialling.then((late) => late.close()).catch(() => undefined);
    throw error;
  }
};

const settings = ({ url, applicationName, pingMs = 4_000 }: NatsLinkOptions): ConnectionOptions => {
  const { protocol, username, password } = new URL(url);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  const credentials = pass ? { user, pass } : user ? { token: user } : {};
  return {
    ...credentials,
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    name: applicationName,
    reconnect: false,
    timeout: dialTimeoutMs,
    pingInterval: pingMs,
    maxPingOut: 1,
    noAsyncTraces: true,
  };
};

const refusals: readonly string[] = [
  ErrorCode.AuthorizationViolation,
  ErrorCode.BadAuthentication,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AccountExpired,
  ErrorCode.PermissionsViolation,
];

/** The one place that tells what only an operator can mend from what passes. */
export const explainNats = (error: unknown): Error => {
  if (error instanceof NatsError && refusals.includes(error.code)) {
    const what = error.code === ErrorCode.PermissionsViolation ? 'the rights of this user' : 'the credentials';
    return new EngineRefused(`NATS refuses ${what} in NATS_URL: ${error.message}.`, { cause: error });
  }
  return error instanceof Error ? error : new Error('NATS failed.', { cause: error });
};
