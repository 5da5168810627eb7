import { flushLogs } from '@ims/platform/observability/logger';
import { startSentence } from '../launcher/start-problem.ts';
import { type AdminCommand, readArguments, usage } from './arguments.ts';
import { askNewPassword } from './ask-password.ts';
import { openAdmin } from './open-admin.ts';
import { createByOperator, resetByOperator, unlockByOperator } from './operator-actions.ts';

const run = async (command: AdminCommand): Promise<string> => {
  if (command.kind === 'help') return usage;
  // Before anything is opened: somebody may take their time to type.
  const password = command.kind === 'create' && !command.byMail ? await askNewPassword(process.env) : undefined;
  const admin = await openAdmin(process.env);
  try {
    if (command.kind === 'create') return await createByOperator(admin, command, password);
    if (command.kind === 'unlock') return await unlockByOperator(admin, command.name);
    return await resetByOperator(admin, command.name);
  } finally {
    await admin.close();
  }
};

try {
  process.stdout.write(await run(readArguments(process.argv.slice(2))));
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${startSentence(error)}\n`);
} finally {
  flushLogs();
}
