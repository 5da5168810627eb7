import { LogProblem } from './log-problem.ts';

export type LogArguments = { readonly action: 'export' | 'import'; readonly file: string };

export const usage = `Usage: npm run log -- export FILE
       npm run log -- import FILE

Moves the event log between stores: that of EVENTSTORE_URL where it is set, else that in PostgreSQL (with
EVENTSTORE_URL set: EVENT_LOG=postgres); with the keys beside it (DATABASE_URL, or the embedded database in IMS_HOME).
Stop all services before.

  export  writes events and wrapped keys as NDJSON; the file ends with a line that proves it complete
  import  reads such a file into an empty log and starts a new epoch; running it again goes on where it stopped

The master key is not in the file: the log can only be read where ${'`master.key`'} of its IMS_HOME is. After an import
into a database that has read tables already, rebuild them: npm run projector -- rebuild all
`;

export const readArguments = (words: readonly string[]): LogArguments | 'help' => {
  const [action, file, ...more] = words;
  if (action === '--help' || action === 'help') return 'help';
  if (action !== 'export' && action !== 'import') {
    throw new LogProblem('Say export or import. Try: npm run log -- --help');
  }
  if (!file || more.length > 0) throw new LogProblem(`Name one file: npm run log -- ${action} FILE`);
  return { action, file };
};
