import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type EngineName = 'NATS' | 'Redis' | 'EventStoreDB';

export type EngineNeed = {
  /** The tests kill or stop the server, so one that others may use does not do. */
  readonly own?: boolean;
};

/** Where tests find an engine: a server by its address, a program on PATH, or a command that starts one on $PORT. */
const engines = {
  NATS: { url: 'NATS_URL', program: 'nats-server' },
  Redis: { url: 'REDIS_URL', program: 'redis-server' },
  EventStoreDB: { url: 'EVENTSTORE_URL', command: 'EVENTSTORE_COMMAND' },
} as const;

/** What is missing for tests on this engine, as the end of `npm test` tells it; undefined when they can run. */
export const missingEngine = (name: EngineName, { own = false }: EngineNeed = {}): string | undefined => {
  const engine = engines[name];
  const hasUrl = !own && Boolean(process.env[engine.url]);
  const what = own ? `${name} to kill and restart` : name;
  if ('command' in engine) {
    if (hasUrl || (own && process.env[engine.command])) return undefined;
    return `${what} (no ${own ? engine.command : engine.url})`;
  }
  if (hasUrl || isOnPath(engine.program)) return undefined;
  return `${what} (no ${engine.program} on PATH${own ? '' : ` and no ${engine.url}`})`;
};

/** In CI the tests on NATS and Redis must run; EventStoreDB has no package on most machines. */
export const mustRun = (name: EngineName): boolean =>
  name !== 'EventStoreDB' && ['true', '1'].includes(process.env.CI ?? '');

const isOnPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
