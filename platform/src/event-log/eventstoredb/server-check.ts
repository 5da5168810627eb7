import type { Logger } from '../../observability/logger.ts';
import { EngineRefused } from '../../process/engine-refused.ts';
import { answerWithin, type Connection } from './connection.ts';
import { failureOf } from './failures.ts';
import { readEvents } from './read-events.ts';

/** Since then events read from a stream tell their position. */
const oldestVersion = [22, 6] as const;
const answerMs = 5_000;

/**
 * Asks for the version and reads from `$all` as the log will. Throws EngineRefused for a server that is too old and
 * for credentials it does not take, the client's error for one that cannot be reached. Warns about flags that lose
 * data or let everybody in, where the server shows them.
 */
export const checkServer = async (connection: Connection, logger: Logger | undefined): Promise<{ version: string }> => {
  const version = await serverVersion(connection);
  if (isTooOld(version)) {
    throw new EngineRefused(
      `The event log's server has version ${version}; IMS needs EventStoreDB ${oldestVersion.join('.')} or newer, or KurrentDB.`,
    );
  }
  await assertMayRead(connection);
  for (const warning of await warnings(connection)) logger?.warn({ operation: 'event-log-check' }, warning);
  return { version };
};

/** What the client keeps for itself: it asks every server for its version, and speaks HTTP with the same credentials. */
type Inside = {
  readonly capabilities: Promise<{ readonly serverVersion: string }>;
  readonly HTTPRequest: (method: 'GET', path: string, options: object) => Promise<unknown>;
};
const inside = ({ client }: Connection): Inside => client as unknown as Inside;

export const serverVersion = async (connection: Connection): Promise<string> =>
  (await answerWithin(answerMs, () => inside(connection).capabilities)).serverVersion;

/** `unknown` for servers from before they told their version. */
export const isTooOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!Number.isInteger(major) || !Number.isInteger(minor)) return true;
  return major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]);
};

const assertMayRead = async ({ client }: Connection): Promise<void> => {
  try {
    const options = { direction: 'backwards', fromPosition: 'end', maxCount: 1, requiresLeader: true } as const;
    await readEvents(client.readAll(options), () => 'enough');
  } catch (cause) {
    if (failureOf(cause) !== 'refused') throw cause;
    throw new EngineRefused('EVENTSTORE_URL does not work: the server refuses this user and password.', { cause });
  }
};

const unsafeOptions: Readonly<Record<string, string>> = {
  MemDb: 'The event log is kept in memory only (--mem-db): a restart of its server loses everything.',
  UnsafeIgnoreHardDelete: 'The event log may reuse the names of deleted streams (--unsafe-ignore-hard-delete).',
  UnsafeDisableFlushToDisk: 'The event log confirms what is not on disk yet (--unsafe-disable-flush-to-disk).',
};

const warnings = async (connection: Connection): Promise<readonly string[]> => {
  const insecure = connection.insecure
    ? ['The connection to the event log is not encrypted and needs no password (tls=false): for this machine only.']
    : [];
  return [...insecure, ...unsafeFlags(await serverOptions(connection))];
};

/** The sentences for those of the server's options that are on. */
export const unsafeFlags = (options: unknown): readonly string[] =>
  Array.isArray(options)
    ? options.flatMap((option: { name?: unknown; value?: unknown }) => {
        const sentence = typeof option.name === 'string' ? unsafeOptions[option.name] : undefined;
        return sentence && String(option.value).toLowerCase() === 'true' ? [sentence] : [];
      })
    : [];

/** Only shown to operators, and not by every server. */
const serverOptions = (connection: Connection): Promise<unknown> =>
  answerWithin(answerMs, () => inside(connection).HTTPRequest('GET', '/info/options', {})).catch(() => undefined);
