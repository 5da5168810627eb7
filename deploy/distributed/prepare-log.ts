import { type PasswordSettings, passwordPolicyOf } from '@ims/command-api/auth/password-policy';
import { createCommandPool, openCommands } from '@ims/command-api/service';
import { serviceUrl } from '@ims/platform/database/roles';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import type { Logger } from '@ims/platform/observability/logger';
import { type EngineWait, untilEngineAnswers } from '@ims/platform/process/engine-wait';
import { type EngineChoice, openEngines } from '@ims/platform/process/open-engines';
import { createPeople } from '../launcher/create-people.ts';
import { isDemonstration } from '../launcher/is-demonstration.ts';
import type { Progress } from '../launcher/progress.ts';

export type PrepareLogOptions = {
  /** Of the database's owner. */
  readonly databaseUrl: string;
  readonly engines: EngineChoice;
  readonly masterKey: MasterKey;
  readonly wantsDemo: boolean;
  /** What the first administrator’s password must have. */
  readonly passwords: PasswordSettings;
  readonly wait: EngineWait;
  readonly logger: Logger;
};

/**
 * Creates the demonstration or the first administrator, before any service starts. Answers whether there is a
 * demonstration, and where the log ends.
 */
export const prepareLog = async (
  { databaseUrl, engines: choice, masterKey, wantsDemo, passwords, wait, logger }: PrepareLogOptions,
  progress: Progress,
): Promise<{ readonly demo: boolean; readonly head: bigint }> => {
  const url = serviceUrl(databaseUrl, 'ims_command', masterKey.bytes);
  const pool = createCommandPool(url);
  const alone = { ...choice, MESSAGES: 'postgres', CACHE: 'memory' } as const;
  const engines = await untilEngineAnswers(
    'The event log',
    async () => {
      const opened = await openEngines(alone, { databaseUrl: url, applicationName: 'ims-start', logger });
      await opened.log.headPosition();
      return opened;
    },
    wait,
  );
  try {
    const demo = await isDemonstration(engines.log, wantsDemo);
    const passwordPolicy = passwordPolicyOf(passwords);
    const { auth, commands, tzData } = await openCommands({ pool, masterKey, demo, passwordPolicy }, engines);
    await createPeople({ log: engines.log, auth, commands, demo, tzData }, progress);
    return { demo, head: await engines.log.headPosition() };
  } finally {
    for (const { stop } of engines.stopSteps) await stop();
    await pool.end();
  }
};
