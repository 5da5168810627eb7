import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ImportProblem } from './import-problem.ts';

/** The password from `IMS_PASSWORD`, or as it is typed on the terminal without being shown. */
export const askPassword = async (username: string, environment: NodeJS.ProcessEnv): Promise<string> => {
  if (environment.IMS_PASSWORD) return environment.IMS_PASSWORD;
  if (!process.stdin.isTTY) throw new ImportProblem('There is no terminal to ask for the password: set IMS_PASSWORD.');
  process.stderr.write(`Password of ${username}: `);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: true });
  const stopped = new Promise<never>((_resolve, reject) => {
    terminal.once('SIGINT', () => reject(new ImportProblem('Stopped.')));
  });
  try {
    return await Promise.race([terminal.question(''), stopped]);
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
};
