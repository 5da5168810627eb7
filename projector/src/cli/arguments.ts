import { parseArgs } from 'node:util';
import { allProjections, operationsOnAll } from '@ims/contracts/operations/projections';
import { CliProblem, exitCodes } from './cli-problem.ts';

const operationNames = ['rebuild', 'pause', 'resume', 'switch', 'rollback', 'verify', 'drop'] as const;
type OperationName = (typeof operationNames)[number];

export type OperationCommand = {
  readonly kind: 'operation';
  readonly operation: OperationName;
  readonly projection: string;
  /** Id or exact name. */
  readonly site: string | undefined;
  readonly version: number | undefined;
  readonly throttle: number | undefined;
  readonly dryRun: boolean;
};

export type CliCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'status'; readonly watch: boolean; readonly json: boolean }
  | OperationCommand
  | { readonly kind: 'dead-letters'; readonly action: 'list' }
  | { readonly kind: 'dead-letters'; readonly action: 'show' | 'retry' | 'skip'; readonly id: string };

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

/** What each command takes; anything else is refused by name. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  status: ['watch', 'json'],
  rebuild: ['site', 'dry-run', 'throttle'],
  pause: ['version'],
  resume: ['version'],
  switch: ['version', 'site'],
  rollback: ['site'],
  verify: ['version', 'site'],
  drop: ['version'],
  'dead-letters': [],
};

const wrong = (message: string, cause?: unknown): CliProblem =>
  new CliProblem(`${message}. Try: npm run projector -- --help`, exitCodes.usage, { cause });

/** The command that the words say. Throws a CliProblem for words that say none. */
export const readArguments = (words: readonly string[]): CliCommand => {
  const { values, positionals } = parse(words);
  if (values.help || words.length === 0) return { kind: 'help' };
  const [command = '', ...rest] = positionals;
  const allowed = optionsOf[command];
  if (!allowed) throw wrong(command === '' ? 'Name a command' : `There is no command ${command}`);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === false || allowed.includes(name)) continue;
    throw wrong(`${command} does not take --${name}`);
  }
  if (command === 'status') return status(rest, values);
  if (command === 'dead-letters') return deadLetters(rest);
  return operation(command as OperationName, rest, values);
};

const parse = (words: readonly string[]) => {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        help: { ...flag, short: 'h' },
        watch: flag,
        json: flag,
        'dry-run': flag,
        site: text,
        version: text,
        throttle: text,
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'Unreadable arguments', error);
  }
};

type Values = ReturnType<typeof parse>['values'];

const noMore = (command: string, rest: readonly string[]): void => {
  if (rest.length > 0) throw wrong(`${command} does not take ${rest.join(' ')}`);
};

const status = (rest: readonly string[], { watch, json }: Values): CliCommand => {
  noMore('status', rest);
  if (watch && json) throw wrong('--watch and --json do not go together');
  return { kind: 'status', watch, json };
};

const deadLetters = ([action, id, ...rest]: readonly string[]): CliCommand => {
  noMore('dead-letters', rest);
  if (action === 'list' && id === undefined) return { kind: 'dead-letters', action };
  if (action !== 'show' && action !== 'retry' && action !== 'skip') {
    throw wrong('dead-letters takes list, show ID, retry ID or skip ID');
  }
  if (id === undefined) throw wrong(`dead-letters ${action} needs the id of a dead letter`);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw wrong(`${id} is not the id of a dead letter`);
  return { kind: 'dead-letters', action, id: id.toLowerCase() };
};

const operation = (
  name: OperationName,
  [projection = name === 'verify' ? allProjections : undefined, ...rest]: readonly (string | undefined)[],
  values: Values,
): OperationCommand => {
  if (projection === undefined) {
    throw wrong(`${name} needs a projection${operationsOnAll.includes(name) ? ' or all' : ''}`);
  }
  noMore(name, rest as readonly string[]);
  const version = count('version', values.version);
  if (name === 'drop' && version === undefined) throw wrong('drop needs --version');
  return {
    kind: 'operation',
    operation: name,
    projection,
    site: values.site,
    version,
    throttle: count('throttle', values.throttle),
    dryRun: values['dry-run'],
  };
};

const count = (name: string, value: string | undefined): number | undefined => {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw wrong(`--${name} must be a number from 1 on, not ${value}`);
};
