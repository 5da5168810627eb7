import { Overloaded } from '@ims/platform/http/unavailable';
import { describe, expect, it } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';
import { createPasswordHashing } from './password-hashing.ts';
import { passwordPolicyOf, passwordPolicyProblems } from './password-policy.ts';

describe('a new password', () => {
  it.each(['Demo-2026!', 'Пароль-2026', 'Long enough 1 €', 'Correct-Horse-7', 'Password-by-the-sea-7'])(
    '%s is good',
    (password) => {
      expect(passwordPolicyProblems(password)).toEqual([]);
    },
  );

  it.each([
    ['Aa1-', 'Password must have at least 8 characters'],
    ['lower-case-1', 'Password must have an upper-case letter'],
    ['UPPER-CASE-1', 'Password must have a lower-case letter'],
    ['No-digits-here', 'Password must have a digit'],
    ['NoSymbol2026', 'Password must have a symbol'],
    ['Blank is none 1', 'Password must have a symbol'],
    ['Password-2026!', 'Password is one of the most common ones'],
    ['Password-12345', 'Password is one of the most common ones'],
    ['P@ssw0rd1!', 'Password is one of the most common ones'],
  ])('%s is refused: %s', (password, sentence) => {
    expect(passwordPolicyProblems(password)).toEqual([sentence]);
  });

  it.each([
    ['Xy-JDubois-99', 'the username'],
    ['Xy-j.dub-99', 'the e-mail'],
    ['Xy-Jérémy-99', 'a part of the name'],
  ])('%s is refused: it contains %s', (password) => {
    const about = { username: 'jdubois', email: 'j.dub@example.org', displayName: 'Jérémy Li' };
    expect(passwordPolicyProblems(password, about)).toEqual([
      'Password must not contain your name, username or e-mail',
    ]);
    expect(passwordPolicyProblems('Xy-Bright-Lido-99', about)).toEqual([]);
  });
});

describe('a long password', () => {
  const grows = '\u2057';

  it('takes no longer to look at than a short one, however it grows when characters are made equal', () => {
    const started = performance.now();
    for (const text of [
      `${grows.repeat(999)}a`,
      `a${grows.repeat(999)}`,
      `${'1'.repeat(999)}a`,
      `a${'1'.repeat(999)}`,
    ]) {
      isCommonPassword(text);
    }
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('is refused past 256 characters, counted as they are hashed', () => {
    expect(passwordPolicyProblems(`Aa1-${'é'.repeat(252)}`)).toEqual([]);
    const tooLong = ['Password must have at most 256 characters'];
    expect(passwordPolicyProblems(`Aa1-${'é'.repeat(253)}`)).toEqual(tooLong);
    expect(passwordPolicyProblems(`Aa1-${grows.repeat(64)}`)).toEqual(tooLong);
  });

  it('is never hashed, and never right', async () => {
    const hashing = createPasswordHashing({ memoryCost: 1_024 });
    await expect(hashing.hash('x'.repeat(257))).rejects.toThrow('256');
    for (const length of [0, 256]) {
      expect(await hashing.verify(await hashing.hash('x'.repeat(length)), 'x'.repeat(257))).toBe(false);
    }
  });
});

describe('the profile nist-800-63b-4', () => {
  const policy = passwordPolicyOf({ PASSWORD_PROFILE: 'nist-800-63b-4' });

  it('asks for fifteen characters of any kind, refuses common ones and lets nothing expire', () => {
    expect(policy).toEqual({
      profile: 'nist-800-63b-4',
      minLength: 15,
      needsEveryClass: false,
      notReusable: 0,
      expiresAfterDays: null,
    });
    expect(passwordPolicyProblems('four plain words here', {}, policy)).toEqual([]);
    expect(passwordPolicyProblems('Short-Horse-7', {}, policy)).toEqual(['Password must have at least 15 characters']);
    expect(passwordPolicyProblems('111111111111111', {}, policy)).toEqual(['Password is one of the most common ones']);
  });

  it('gives way to single settings', () => {
    const settings = { PASSWORD_MIN_LENGTH: 12, PASSWORD_HISTORY: 3, PASSWORD_EXPIRY_DAYS: 0 } as const;
    expect(passwordPolicyOf(settings)).toEqual({
      profile: 'spec',
      minLength: 12,
      needsEveryClass: true,
      notReusable: 3,
      expiresAfterDays: null,
    });
  });
});

describe('hashing', () => {
  it('is Argon2id with 19 MiB and two passes, and knows the password again', async () => {
    const hashing = createPasswordHashing();
    const hashed = await hashing.hash('Zoë-2026-x');
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashing.verify(hashed, 'Zoë-2026-x'.normalize('NFD'))).toBe(true);
    expect(await hashing.verify(hashed, 'Zoe-2026-x')).toBe(false);
    expect(hashing.isOutdated(hashed)).toBe(false);
    expect(hashing.isOutdated(hashed.replace('m=19456', 'm=8192'))).toBe(true);
  });

  it('turns away whom it could not serve in time, and serves the next again', async () => {
    const hashing = createPasswordHashing({ concurrent: 1, waiting: 1 });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((password) => hashing.hash(password)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(Overloaded) });
    expect(await hashing.hash('d')).toContain('$argon2id$');
  });
});
