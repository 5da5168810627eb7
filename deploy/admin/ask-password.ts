import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';
import { StartProblem } from '../launcher/start-problem.ts';

/** `mustChange`: others could read it where it came from. */
export type NewPassword = { readonly text: string; readonly mustChange: boolean };

type Input = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;

/** The password from `IMS_ADMIN_PASSWORD`, as it is typed twice on the terminal, or as it comes in without one. */
export const askNewPassword = async (
  environment: NodeJS.ProcessEnv,
  input: Input = process.stdin,
): Promise<NewPassword> => {
  const { IMS_ADMIN_PASSWORD: given } = environment;
  if (given) return { text: given, mustChange: true };
  if (!input.isTTY) {
    const [line = ''] = (await text(input)).split(/\r?\n/);
    if (line === '') throw new StartProblem('There is no terminal to ask for the password, and none came in.');
    return { text: line, mustChange: false };
  }
  const first = await askHidden(input, 'Password: ');
  if ((await askHidden(input, 'Again: ')) !== first) throw new StartProblem('The two passwords are not the same.');
  return { text: first, mustChange: false };
};

const askHidden = async (input: Input, question: string): Promise<string> => {
  process.stderr.write(question);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: silence, terminal: true });
  const stopped = new Promise<never>((_resolve, reject) => {
    terminal.once('SIGINT', () => reject(new StartProblem('Stopped.')));
  });
  try {
    return await Promise.race([terminal.question(''), stopped]);
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
};
