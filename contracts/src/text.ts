import { z } from 'zod';

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are refused
const controlCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/** Why a text cannot be stored, or nothing: control characters (NUL among them) and broken Unicode are refused. */
export const unstorableText = (value: string): string | undefined => {
  if (controlCharacter.test(value)) return 'Contains a control character';
  if (loneSurrogate.test(value)) return 'Contains a broken character';
  return undefined;
};

/**
 * A text that PostgreSQL, JSON and a browser all keep as it is, blanks at both ends removed.
 * `name` begins its error sentences ("Title must have at most 255 characters").
 */
export const storableText = (name: string, max: number) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? `${name} is required` : `${name} must be text`) })
    .superRefine((value, context) => {
      const problem = unstorableText(value);
      if (problem) context.addIssue({ code: 'custom', message: `${name}: ${problem.toLowerCase()}` });
    })
    .trim()
    .max(max, `${name} must have at most ${max.toLocaleString('en')} characters`);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are refused
const notOnOneLine = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;

/**
 * A name that others read in lists and in mails they did not ask for: one line, and no address of a page, which a mail
 * program would make a link of.
 */
export const nameText = (name: string, max: number) =>
  requiredText(name, max).superRefine((value, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message: `${name} ${message}` });
    if (notOnOneLine.test(value)) refuse('must be one line without control characters');
    if (value.includes('://')) refuse('must not contain a web address');
  });

/** As `storableText`, with at least one character that is not a blank. */
export const requiredText = (name: string, max: number) => storableText(name, max).min(1, `${name} is required`);
