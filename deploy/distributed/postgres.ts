import { join, resolve } from 'node:path';
import { endWithParent } from '@ims/platform/process/end-with-parent';
import { stopGracefully } from '@ims/platform/process/graceful-stop';
import { startDatabase } from '../launcher/database.ts';
import { startSentence } from '../launcher/start-problem.ts';

/** The embedded PostgreSQL in a process of its own, which stops it in order also when the parent was killed. */
try {
  const home = resolve(process.env.IMS_HOME ?? './.ims');
  const { url, stop } = await startDatabase({ IMS_HOME: home });
  const end = stopGracefully({
    steps: () => [{ name: 'PostgreSQL', stop }],
    onProblem: (step, error) => process.stderr.write(`Stopping ${step}: ${startSentence(error)}\n`),
  });
  endWithParent(() => void end());
  process.send?.({ url, folder: join(home, 'postgres') });
} catch (error) {
  process.stderr.write(`${startSentence(error)}\n`);
  process.exitCode = 1;
}
