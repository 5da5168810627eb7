import { parseArgs } from 'node:util';
import { StartProblem } from '../launcher/start-problem.ts';

export type AdminCommand =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'create';
      readonly username: string;
      readonly email: string;
      readonly displayName: string | undefined;
      /** Choose the password by a mailed link. */
      readonly byMail: boolean;
    }
  | { readonly kind: 'unlock' | 'reset'; readonly name: string };

export const usage = `Usage: npm run admin -- create --username NAME --email ADDRESS [--name "FULL NAME"] [--mail]
       npm run admin -- unlock NAME
       npm run admin -- reset NAME

For operators, at the machine of the database (IMS_HOME, or DATABASE_URL), whether IMS runs or not.

  create  makes an administrator of the system. Asks for the password twice; without a terminal it is read from the
          standard input, or from IMS_ADMIN_PASSWORD and then has to be changed at the first sign-in.
          With --mail they get a link to choose one, as soon as IMS runs.
  unlock  lets somebody sign in at once whose account is locked after wrong passwords
  reset   prints a link that lets somebody choose a new password; it works once and for an hour

NAME is a username or an e-mail address.
`;

const wrong = (message: string, cause?: unknown): StartProblem =>
  new StartProblem(`${message}. Try: npm run admin -- --help`, { cause });

/** The command that the words say. Throws a StartProblem for words that say none. */
export const readArguments = (words: readonly string[]): AdminCommand => {
  const { values, positionals } = parse(words);
  const [command, name, ...more] = positionals;
  if (values.help || words.length === 0 || command === 'help') return { kind: 'help' };
  if (command === 'create') return create(values, name);
  if (command !== 'unlock' && command !== 'reset') throw wrong('Say create, unlock or reset');
  if (!name || more.length > 0) throw wrong(`${command} needs one username or e-mail address`);
  const extra = Object.keys(values)[0];
  if (extra !== undefined) throw wrong(`${command} does not take --${extra}`);
  return { kind: command, name };
};

const parse = (words: readonly string[]) => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { help: { ...flag, short: 'h' }, username: text, email: text, name: text, mail: flag },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'Unreadable arguments', error);
  }
};

const create = (
  { username, email, name, mail = false }: ReturnType<typeof parse>['values'],
  extra: string | undefined,
): AdminCommand => {
  if (extra !== undefined) throw wrong(`create does not take ${extra}`);
  if (!username || !email) throw wrong('create needs --username and --email');
  return { kind: 'create', username, email, displayName: name, byMail: mail };
};
