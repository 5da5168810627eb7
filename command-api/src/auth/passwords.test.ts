import { Overloaded } from '@ims/platform/http/unavailable';
import { describe, expect, it } from 'vitest';
import { createPasswordHashing } from './password-hashing.ts';
import { passwordPolicyProblems } from './password-policy.ts';

describe('a new password', () => {
  it.each(['Demo-2026!', 'Пароль-2026', 'Long enough 1 €'])('%s is good', (password) => {
    expect(passwordPolicyProblems(password)).toEqual([]);
  });

  it.each([
    ['Aa1-', 'Password must have at least 8 characters'],
    ['lower-case-1', 'Password must have an upper-case letter'],
    ['UPPER-CASE-1', 'Password must have a lower-case letter'],
    ['No-digits-here', 'Password must have a digit'],
    ['NoSymbol2026', 'Password must have a symbol'],
    ['Blank is none 1', 'Password must have a symbol'],
  ])('%s is refused: %s', (password, sentence) => {
    expect(passwordPolicyProblems(password)).toEqual([sentence]);
  });
});

describe('hashing', () => {
  it('is Argon2id with 19 MiB and two passes, and knows the password again', async () => {
    const hashing = createPasswordHashing();
    const hashed = await hashing.hash('Zoë-2026-x');
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashing.verify(hashed, 'Zoë-2026-x'.normalize('NFD'))).toBe(true);
    expect(await hashing.verify(hashed, 'Zoe-2026-x')).toBe(false);
  });

  it('turns away whom it could not serve in time, and serves the next again', async () => {
    const hashing = createPasswordHashing({ concurrent: 1, waiting: 1 });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((password) => hashing.hash(password)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(Overloaded) });
    expect(await hashing.hash('d')).toContain('$argon2id$');
  });
});
