import { join, resolve } from 'node:path';
import { loadConfig } from '@ims/platform/config/load-config';
import { variables } from '@ims/platform/config/variables';
import { createPool } from '@ims/platform/database/pool';
import { runningServerUrl } from '@ims/platform/embedded-postgres/running-server';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { openEventLog } from '@ims/platform/event-log/open-event-log';
import type pg from 'pg';
import { z } from 'zod';
import { CliProblem, exitCodes } from './cli-problem.ts';

/** What every command works on. */
export type Connection = { readonly pool: pg.Pool; readonly log: EventLog; close(): Promise<void> };

const { IMS_HOME, DATABASE_URL, SERVICE_DATABASE_URL, EVENT_LOG, EVENTSTORE_URL } = variables;
const Environment = z.object({ IMS_HOME, DATABASE_URL, SERVICE_DATABASE_URL, EVENT_LOG, EVENTSTORE_URL });

const applicationName = 'ims-projector-cli';
const embeddedDatabase = 'ims';

/** Throws a CliProblem when nothing answers. */
export const connect = async (environment: NodeJS.ProcessEnv): Promise<Connection> => {
  const config = loadConfig(Environment, environment);
  const named = config.DATABASE_URL ?? config.SERVICE_DATABASE_URL;
  const databaseUrl = named ?? (await embeddedUrl(config.IMS_HOME));
  const pool = createPool({ url: databaseUrl, applicationName, max: 3 });
  try {
    await pool.query('select from operations.requests limit 0');
  } catch (cause) {
    await pool.end();
    throw named ? noDatabase(databaseUrl, cause) : nothingRuns(config.IMS_HOME, cause);
  }
  const log = await openEventLog(config, { databaseUrl, applicationName, readers: 1 });
  return {
    pool,
    log,
    close: async () => {
      await log.close();
      await pool.end();
    },
  };
};

const embeddedUrl = async (home: string): Promise<string> => {
  const url = await runningServerUrl(join(resolve(home), 'postgres'), embeddedDatabase);
  if (url) return url;
  throw nothingRuns(home, undefined);
};

const nothingRuns = (home: string, cause: unknown): CliProblem =>
  new CliProblem(
    `IMS does not run on the folder ${resolve(home)}: start it (npm start), or set IMS_HOME to its folder or DATABASE_URL to its database.`,
    exitCodes.nobodyThere,
    { cause },
  );

const noDatabase = (url: string, cause: unknown): CliProblem => {
  const { host } = new URL(url);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: `nothing answers at ${host}`,
    ENOTFOUND: `there is no host ${host}`,
    '28P01': `${host} refuses this user and password`,
    '3D000': `${host} has no such database`,
    '3F000': 'it is not a database of IMS, or of an older one',
    '42P01': 'it is not a database of IMS, or of an older one',
    '42501': 'its user may not read what operators need: use the owner or ims_command',
  };
  const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new CliProblem(`DATABASE_URL does not work: ${reason}.`, exitCodes.nobodyThere, { cause });
};
