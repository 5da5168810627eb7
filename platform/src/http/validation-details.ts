import type { ErrorDetail } from '@ims/contracts/error-codes';
import { z } from 'zod';

export type ValidationContext = 'body' | 'querystring' | 'params' | 'headers';

type SchemaError = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
};

type Issue = {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: unknown;
  readonly errors?: unknown;
};

const mostDetails = 50;

/** One line per field at fault: its name with dots into nested values, and a sentence. Unknown names are named. */
export const validationDetails = (errors: readonly SchemaError[], context: ValidationContext): ErrorDetail[] =>
  errors
    .flatMap(({ keyword, instancePath, message = 'Is not valid', params }) => {
      const path = instancePath.split('/').filter((part) => part !== '');
      return issueDetails({ code: keyword, path, message, keys: params.keys, errors: params.errors }, context);
    })
    .slice(0, mostDetails);

/** As `validationDetails`, for values that were parsed with zod outside a route's schema. */
export const issueDetails = (issue: Issue, context: ValidationContext): ErrorDetail[] => {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)) {
    const message = context === 'querystring' ? 'There is no such parameter' : 'There is no such field';
    return issue.keys.map((key) => {
      const name = field ? `${field}.${String(key)}` : String(key);
      return { field: name, message: `${message}: ${name}` };
    });
  }
  if (issue.code === 'invalid_union') {
    const inner = likeliestBranch(issue.errors);
    if (inner) return inner.flatMap((one) => issueDetails({ ...one, path: [...issue.path, ...one.path] }, context));
  }
  if (field === '' && context === 'body')
    return [{ field: 'body', message: 'The request needs a JSON object as its body' }];
  return [{ field: field || context, message: issue.message }];
};

/** Of the alternatives the one that took the value's type: its complaint is the one that helps. */
const likeliestBranch = (branches: unknown): readonly Issue[] | undefined => {
  if (!Array.isArray(branches)) return undefined;
  const known = branches as readonly (readonly Issue[])[];
  return (
    known.find((issues) => issues.length > 0 && issues.every(({ code }) => code !== 'invalid_type')) ?? known.at(-1)
  );
};

/** Sentences for schemas that have none of their own; zod's are written for developers. */
z.config({
  customError: (issue) => {
    if (issue.code === 'invalid_type') {
      return issue.input === undefined || issue.input === null
        ? 'Is required'
        : `Must be ${typeNames[issue.expected] ?? issue.expected}`;
    }
    if (issue.code === 'invalid_value')
      return `Must be ${issue.values.map(String).join(', ')}`.replace(/, ([^,]*)$/, ' or $1');
    if (issue.code === 'too_small') return `Must ${sizeOf(issue.origin, 'at least', Number(issue.minimum))}`;
    if (issue.code === 'too_big') return `Must ${sizeOf(issue.origin, 'at most', Number(issue.maximum))}`;
    if (issue.code === 'invalid_format') return 'Is not in the expected form';
    if (issue.code === 'invalid_union') return 'Is not valid';
    return undefined;
  },
});

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const sizeOf = (origin: string, bound: string, size: number): string => {
  const units: Readonly<Record<string, string>> = { string: 'character', array: 'item', set: 'item' };
  const unit = units[origin];
  return unit ? `have ${bound} ${size} ${unit}${size === 1 ? '' : 's'}` : `be ${bound} ${size}`;
};
