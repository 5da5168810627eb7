import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import { askNewPassword } from './ask-password.ts';

it('reads what an operator asks for', () => {
  const words = ['create', '--username', 'root', '--email', 'root@example.org', '--name', 'Ada Root', '--mail'];
  expect(readArguments(words)).toEqual({
    kind: 'create',
    username: 'root',
    email: 'root@example.org',
    displayName: 'Ada Root',
    byMail: true,
  });
  expect(readArguments(['unlock', 'root'])).toEqual({ kind: 'unlock', name: 'root' });
  expect(readArguments(['reset', 'root@example.org'])).toEqual({ kind: 'reset', name: 'root@example.org' });
  expect([readArguments([]), readArguments(['--help'])]).toEqual([{ kind: 'help' }, { kind: 'help' }]);
});

it.each<[string, RegExp]>([
  ['create --username root', /create needs --username and --email/],
  ['create root --username root --email root@example.org', /create does not take root/],
  ['create --password secret', /--password/],
  ['unlock', /unlock needs one username/],
  ['reset a b', /reset needs one username/],
  ['reset a --mail', /reset does not take --mail/],
  ['remove a', /Say create, unlock or reset/],
])('refuses %s with a sentence', (words, sentence) => {
  expect(() => readArguments(words.split(' '))).toThrow(sentence);
});

it('takes a password that comes in without a terminal, and lets one from the environment be changed', async () => {
  const input = (content: string) => Readable.from([content]);
  expect(await askNewPassword({}, input('Office-2026!\r\n'))).toEqual({ text: 'Office-2026!', mustChange: false });
  expect(await askNewPassword({ IMS_ADMIN_PASSWORD: 'Office-2026!' })).toEqual({
    text: 'Office-2026!',
    mustChange: true,
  });
  await expect(askNewPassword({}, input('\n'))).rejects.toThrow('none came in');
});
