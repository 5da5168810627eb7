import { type PasswordPolicy, passwordShapeProblems } from '@ims/contracts/auth/passwords';
import { isCommonPassword } from './common-passwords.ts';
import { isTooLong, longestPassword } from './password-hashing.ts';

/** Whose password it is: what anybody would try first. */
export type About = {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly displayName?: string | undefined;
};

/** What the settings may say; what they leave out is the profile's. */
export type PasswordSettings = {
  readonly PASSWORD_PROFILE?: PasswordPolicy['profile'] | undefined;
  readonly PASSWORD_MIN_LENGTH?: number | undefined;
  readonly PASSWORD_HISTORY?: number | undefined;
  /** 0: passwords do not expire. */
  readonly PASSWORD_EXPIRY_DAYS?: number | undefined;
};

const profiles: Readonly<Record<PasswordPolicy['profile'], PasswordPolicy>> = {
  spec: { profile: 'spec', minLength: 8, needsEveryClass: true, notReusable: 5, expiresAfterDays: 90 },
  'nist-800-63b-4': {
    profile: 'nist-800-63b-4',
    minLength: 15,
    needsEveryClass: false,
    notReusable: 0,
    expiresAfterDays: null,
  },
};

export const specPolicy = profiles.spec;

export const passwordPolicyOf = (settings: PasswordSettings): PasswordPolicy => {
  const profile = profiles[settings.PASSWORD_PROFILE ?? 'spec'];
  return {
    ...profile,
    minLength: settings.PASSWORD_MIN_LENGTH ?? profile.minLength,
    notReusable: settings.PASSWORD_HISTORY ?? profile.notReusable,
    expiresAfterDays:
      settings.PASSWORD_EXPIRY_DAYS === undefined ? profile.expiresAfterDays : settings.PASSWORD_EXPIRY_DAYS || null,
  };
};

/** What a new password lacks, as sentences; empty when it is good, as far as can be told without a memory. */
export const passwordPolicyProblems = (
  password: string,
  about: About = {},
  policy: PasswordPolicy = specPolicy,
): readonly string[] => {
  if (isTooLong(password)) return [`Password must have at most ${longestPassword} characters`];
  const problems = passwordShapeProblems(password, policy);
  if (isCommonPassword(password)) return [...problems, 'Password is one of the most common ones'];
  return namesOf(about).some((name) => plain(password).includes(name))
    ? [...problems, 'Password must not contain your name, username or e-mail']
    : problems;
};

const shortestName = 4;
const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

const namesOf = ({ username = '', email = '', displayName = '' }: About): readonly string[] =>
  [username, email, email.split('@', 1)[0] ?? '', ...displayName.split(/\s+/)]
    .map(plain)
    .filter((name) => [...name].length >= shortestName);
