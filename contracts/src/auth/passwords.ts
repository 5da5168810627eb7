import { z } from 'zod';

const password = (label: string) =>
  z
    .string({ error: `${label} is required` })
    .min(1, `${label} is required`)
    .max(1_000, `${label} is too long`);
const linkToken = z.string({ error: 'The link is incomplete' }).regex(/^[\w-]{43}$/, 'The link is incomplete');

/** What a new password must have. `expiresAfterDays` is null where passwords do not expire. */
export const PasswordPolicy = z
  .object({
    profile: z.enum(['spec', 'nist-800-63b-4']),
    minLength: z.number().int(),
    /** Upper case, lower case, digit and symbol are all needed. */
    needsEveryClass: z.boolean(),
    /** So many earlier passwords may not come again; 0 for none. */
    notReusable: z.number().int(),
    expiresAfterDays: z.number().int().nullable(),
  })
  .meta({ id: 'PasswordPolicy' });
export type PasswordPolicy = z.infer<typeof PasswordPolicy>;

const classes: readonly { readonly sentence: string; readonly has: RegExp }[] = [
  { sentence: 'Password must have an upper-case letter', has: /\p{Lu}/u },
  { sentence: 'Password must have a lower-case letter', has: /\p{Ll}/u },
  { sentence: 'Password must have a digit', has: /\p{Nd}/u },
  { sentence: 'Password must have a symbol', has: /[^\p{L}\p{N}\p{Z}\p{C}]/u },
];

/** What a new password lacks, as sentences, as far as it can be told without a list or a memory; empty when nothing. */
export const passwordShapeProblems = (
  text: string,
  { minLength, needsEveryClass }: Pick<PasswordPolicy, 'minLength' | 'needsEveryClass'>,
): readonly string[] => [
  ...([...text].length >= minLength ? [] : [`Password must have at least ${minLength} characters`]),
  ...(needsEveryClass ? classes.filter(({ has }) => !has.test(text)).map(({ sentence }) => sentence) : []),
];

export const ChangePasswordBody = z
  .strictObject({ currentPassword: password('Current password'), newPassword: password('New password') })
  .meta({ id: 'ChangedPassword' });
export const ForgotPasswordBody = z
  .strictObject({ email: z.string({ error: 'E-mail is required' }).min(1, 'E-mail is required').max(100) })
  .meta({ id: 'ForgottenPassword' });
export const ResetPasswordBody = z
  .strictObject({ token: linkToken, newPassword: password('New password') })
  .meta({ id: 'ResetPassword' });
export const PasswordPolicyAnswer = z.object({ policy: PasswordPolicy }).meta({ id: 'PasswordPolicyAnswer' });

/** A link's token, to learn what it is for before it is used: POST, so that it stands in no log of addresses. */
export const LinkBody = z.strictObject({ token: linkToken }).meta({ id: 'Link' });
