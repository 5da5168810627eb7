import type { PasswordPolicy } from '@ims/contracts/auth/passwords';
import type { Credentials } from './credentials.ts';
import { type About, passwordPolicyProblems } from './password-policy.ts';

/** What a new password lacks, as sentences; of a user with an id also whether it was used before. */
export type PasswordProblems = (
  password: string,
  of?: { readonly about?: About | undefined; readonly userId?: string | undefined },
) => Promise<readonly string[]>;

export const createPasswordProblems =
  ({
    credentials,
    policy,
  }: {
    readonly credentials: Pick<Credentials, 'wasUsed'>;
    readonly policy: PasswordPolicy;
  }): PasswordProblems =>
  async (password, { about, userId } = {}) => {
    const problems = passwordPolicyProblems(password, about, policy);
    if (problems.length > 0 || userId === undefined) return problems;
    // A change changes something under every policy.
    const count = Math.max(1, policy.notReusable);
    if (!(await credentials.wasUsed(userId, password, count))) return [];
    return [
      count === 1
        ? 'Password must differ from the one you have'
        : `Password must differ from the last ${count} you had`,
    ];
  };
