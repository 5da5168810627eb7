import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ImportProblem } from './import-problem.ts';

export type ImportArguments = {
  readonly file: string;
  readonly mapping: string;
  readonly url: string;
  readonly username: string;
  readonly refused: string;
  readonly createSites: boolean;
  readonly dryRun: boolean;
};

export const usage = `Usage: npm run import -- --file X.csv --mapping Y.json --url URL --username NAME

  --file          the CSV file (UTF-8), its first line names the columns
  --mapping       the JSON file that says which column goes where (see docs/examples)
  --url           address of the IMS, e.g. http://localhost:3000
  --username      who imports; the password is taken from IMS_PASSWORD or asked for
  --create-sites  create sites of the file that do not exist yet
  --refused       where refused rows are listed (default: X.refused.csv in this folder)
  --dry-run       check every row and send nothing; needs neither --url nor --username

Running it again with the same file goes on where it stopped: a row is never added twice.
`;

const optionTypes = {
  file: { type: 'string' },
  mapping: { type: 'string' },
  url: { type: 'string' },
  username: { type: 'string' },
  refused: { type: 'string' },
  'create-sites': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const parse = (words: readonly string[]) => {
  try {
    return parseArgs({ args: [...words], options: optionTypes }).values;
  } catch (error) {
    const sentence = error instanceof Error ? error.message.split('. ')[0] : 'Unreadable arguments';
    throw new ImportProblem(`${sentence}. Try: npm run import -- --help`, { cause: error });
  }
};

/** The command line, or `help` when that is all that was asked. */
export const readArguments = (words: readonly string[]): ImportArguments | 'help' => {
  const given = parse(words);
  if (given.help) return 'help';
  const needed = given['dry-run'] ? (['file', 'mapping'] as const) : (['file', 'mapping', 'url', 'username'] as const);
  const missing = needed.filter((name) => !given[name]);
  if (missing.length > 0) {
    const names = missing.map((name) => `--${name}`).join(', ');
    throw new ImportProblem(`Missing: ${names}. Try: npm run import -- --help`);
  }
  const file = given.file ?? '';
  const refused = given.refused ?? `${basename(file, '.csv')}.refused.csv`;
  if (resolve(refused) === resolve(file)) throw new ImportProblem('--refused must be another file than --file.');
  return {
    file,
    mapping: given.mapping ?? '',
    url: given['dry-run'] ? '' : readAddress(given.url ?? ''),
    username: given.username ?? '',
    refused,
    createSites: given['create-sites'],
    dryRun: given['dry-run'],
  };
};

const readAddress = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new ImportProblem(`"${text}" is not an address like http://localhost:3000.`);
  }
  return text.replace(/\/+$/, '');
};
