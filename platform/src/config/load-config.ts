import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { enginesHaveAddresses, type Given, type Rule, withEnginesOfAddresses } from './rules.ts';

/** Thrown when the environment does not make a configuration; the message lists every problem, one a line. */
export class ConfigurationProblem extends Error {
  override readonly name = 'ConfigurationProblem';
}

/**
 * Reads the variables that the schema names from the environment into a frozen object. A variable set to nothing
 * counts as not set; `<NAME>_FILE` may name a file that holds the value, such as a mounted secret. An engine whose
 * address is given is selected by that (`withEnginesOfAddresses`). `rules` hold across variables; that a selected engine
 * has its address always does.
 * Throws `ConfigurationProblem` with all problems at once; values never stand in the message, for one of them may be
 * a password.
 */
export const loadConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  rules: readonly Rule[] = [],
): Readonly<z.infer<Schema>> => {
  const unreadable: string[] = [];
  const given: Given = withEnginesOfAddresses(
    Object.fromEntries(
      Object.keys(schema.shape).flatMap((name) => {
        const value = givenFor(name, environment, unreadable)?.trim();
        return value ? [[name, value]] : [];
      }),
    ),
  );
  const result = schema.safeParse(given);
  const problems = [
    ...unreadable,
    ...(result.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...[enginesHaveAddresses, ...rules].flatMap((rule) => rule(given)),
  ];
  if (result.success && problems.length === 0) return Object.freeze(result.data);
  throw new ConfigurationProblem(`The configuration is not usable:\n${problems.map((one) => `  ${one}`).join('\n')}`);
};

const givenFor = (
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  unreadable: string[],
): string | undefined => {
  const file = environment[`${name}_FILE`]?.trim();
  if (!file || environment[name]?.trim()) return environment[name];
  try {
    return readFileSync(file, 'utf8');
  } catch {
    unreadable.push(`${name}_FILE: names a file that cannot be read`);
    return undefined;
  }
};
