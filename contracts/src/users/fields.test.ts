import { expect, it } from 'vitest';
import { siteFields } from '../sites/fields.ts';
import { userFields } from './fields.ts';

const fields = { 'a person': userFields.displayName, 'a site': siteFields.name };

it.each([
  ['a line break', 'Anna\nPlease open'],
  ['a carriage return', 'Anna\rPlease open'],
  ['a tab', 'Anna\tSmith'],
  ['an escape', 'Anna\u001b[2J'],
  ['a control of the second set', 'Anna\u0085Smith'],
  ['a line separator', 'Anna\u2028Smith'],
  ['a paragraph separator', 'Anna\u2029Smith'],
])('a name with %s is refused, for a person as for a site', (_what, name) => {
  for (const field of Object.values(fields)) {
    const { error } = field.safeParse(name);
    expect(error?.issues.map(({ message }) => message).join()).toMatch(
      /must be one line without control characters|control character/,
    );
  }
});

it('a name with an address of a page in it is refused with a sentence that says so', () => {
  expect(userFields.displayName.safeParse('Win https://evil.example').error?.issues[0]?.message).toBe(
    'Name must not contain a web address',
  );
  expect(siteFields.name.safeParse('ftp://evil.example').success).toBe(false);
});

it.each(['Jérémy Dubois', "O'Brien-Łukasz, Dr.", '山田 太郎', 'Sales: EMEA / North', '  Anna  '])(
  '%s is a name as people have them',
  (name) => {
    for (const field of Object.values(fields)) expect(field.safeParse(name).success).toBe(true);
  },
);
