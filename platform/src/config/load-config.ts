import type { z } from 'zod';

/** Thrown when the environment does not make a configuration; the message lists every problem, one a line. */
export class ConfigurationProblem extends Error {
  override readonly name = 'ConfigurationProblem';
}

/**
 * Reads the variables that the schema names from the environment into a frozen object. A variable set to nothing
 * counts as not set. Throws `ConfigurationProblem` with all problems at once; values never stand in the message,
 * for one of them may be a password.
 */
export const loadConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<z.infer<Schema>> => {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = environment[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const result = schema.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationProblem(`The configuration is not usable:\n${problems.join('\n')}`);
};
