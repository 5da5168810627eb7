const rules: readonly { readonly sentence: string; readonly holds: (password: string) => boolean }[] = [
  { sentence: 'Password must have at least 8 characters', holds: (password) => [...password].length >= 8 },
  { sentence: 'Password must have an upper-case letter', holds: (password) => /\p{Lu}/u.test(password) },
  { sentence: 'Password must have a lower-case letter', holds: (password) => /\p{Ll}/u.test(password) },
  { sentence: 'Password must have a digit', holds: (password) => /\p{Nd}/u.test(password) },
  { sentence: 'Password must have a symbol', holds: (password) => /[^\p{L}\p{N}\p{Z}\p{C}]/u.test(password) },
];

/** What a new password lacks by the profile `spec`, as sentences; empty when it is good. */
export const passwordPolicyProblems = (password: string): readonly string[] =>
  rules.filter(({ holds }) => !holds(password)).map(({ sentence }) => sentence);
