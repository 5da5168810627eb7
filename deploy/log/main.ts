import { resolve } from 'node:path';
import { loadConfig } from '@ims/platform/config/load-config';
import { variables } from '@ims/platform/config/variables';
import { createPool } from '@ims/platform/database/pool';
import { serviceUrl } from '@ims/platform/database/roles';
import { loadMasterKey, masterKeyFile } from '@ims/platform/event-log/master-key';
import { openEventLog } from '@ims/platform/event-log/open-event-log';
import { createLogger } from '@ims/platform/observability/logger';
import { z } from 'zod';
import { prepareDatabase, startDatabase } from '../launcher/database.ts';
import { startSentence } from '../launcher/start-problem.ts';
import { type LogArguments, readArguments, usage } from './arguments.ts';
import { exportLog, type LogPlace, type Progress } from './export-log.ts';
import { importLog } from './import-log.ts';
import { LogProblem } from './log-problem.ts';

const { DATABASE_URL, IMS_HOME, EVENT_LOG, EVENTSTORE_URL, LOG_LEVEL } = variables;
const LogEnvironment = z.object({ DATABASE_URL, IMS_HOME, EVENT_LOG, EVENTSTORE_URL, LOG_LEVEL });

const count = (number: number): string => number.toLocaleString('en');

/** At most once a second, in one line where somebody watches. */
const createProgress = (): Progress => {
  let last = performance.now();
  const started = last;
  return (done, total) => {
    const now = performance.now();
    if (now - last < 1_000 && done < total) return;
    last = now;
    const rate = count(Math.round((done * 1_000) / Math.max(now - started, 1)));
    const line = `${count(done)} of ${count(total)} events, ${rate}/s`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}${done === total ? '\n' : ''}` : `${line}\n`);
  };
};

const run = async ({ action, file }: LogArguments, signal: AbortSignal): Promise<string> => {
  const config = loadConfig(LogEnvironment, process.env);
  const home = resolve(config.IMS_HOME);
  const masterKey = await loadMasterKey(home);
  if (!masterKey) throw new LogProblem(`There is no ${masterKeyFile(home)}: put the master key of this log there.`);
  const database = await startDatabase(config);
  try {
    await prepareDatabase(database.url, masterKey);
    const owner = createPool({ url: database.url, applicationName: 'ims-log', max: 2 });
    const log = await openEventLog(config, {
      databaseUrl: serviceUrl(database.url, 'ims_command', masterKey.bytes),
      applicationName: 'ims-log',
      logger: createLogger({ component: 'log', level: 'error' }),
    });
    const place: LogPlace = { log, owner };
    try {
      return await (action === 'export'
        ? exportTo(place, file)
        : importFrom(place, { file, masterKeyId: masterKey.id, progress: createProgress(), signal }));
    } finally {
      await log.close();
      await owner.end();
    }
  } finally {
    await database.stop();
  }
};

const exportTo = async (place: LogPlace, file: string): Promise<string> => {
  const { events, keys } = await exportLog(place, file, createProgress());
  return `exported ${count(events)} events and ${count(keys)} keys to ${file}\n`;
};

const importFrom = async (place: LogPlace, options: Parameters<typeof importLog>[1]): Promise<string> => {
  const { events, alreadyThere, keys, epoch } = await importLog(place, options);
  const before = alreadyThere > 0 ? ` (${count(alreadyThere)} were there already)` : '';
  return `imported ${count(events)} events${before} and ${count(keys)} keys; this is epoch ${epoch}\n`;
};

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  const options = readArguments(process.argv.slice(2));
  process.stdout.write(options === 'help' ? usage : await run(options, stop.signal));
} catch (error) {
  process.exitCode = stop.signal.aborted ? 130 : 1;
  const sentence = stop.signal.aborted ? 'Stopped. Run the same command again to go on.' : startSentence(error);
  process.stderr.write(`${sentence}\n`);
}
