import { expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

const read = (line: string) => readArguments(line === '' ? [] : line.split(' '));

it('reads every command of the help', () => {
  expect(read('')).toEqual({ kind: 'help' });
  expect(read('rebuild --help')).toEqual({ kind: 'help' });
  expect(read('status --watch')).toEqual({ kind: 'status', watch: true, json: false });
  expect(read('rebuild interactions --site Brussels --throttle 5000 --dry-run')).toEqual({
    kind: 'operation',
    operation: 'rebuild',
    projection: 'interactions',
    site: 'Brussels',
    version: undefined,
    throttle: 5_000,
    dryRun: true,
  });
  expect(read('drop interactions --version 2')).toMatchObject({ operation: 'drop', version: 2 });
  expect(read('verify')).toMatchObject({ operation: 'verify', projection: 'all' });
  expect(read('dead-letters list')).toEqual({ kind: 'dead-letters', action: 'list' });
  expect(read('dead-letters retry 0193A000-0000-7000-8000-000000000001')).toEqual({
    kind: 'dead-letters',
    action: 'retry',
    id: '0193a000-0000-7000-8000-000000000001',
  });
});

it('refuses by name what a command does not take, with exit code 2', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['rebuilt interactions', /no command rebuilt/],
    ['rebuild', /rebuild needs a projection or all/],
    ['switch', /switch needs a projection\./],
    ['rebuild interactions users', /does not take users/],
    ['rebuild interactions --fast', /--fast/],
    ['pause interactions --site Brussels', /pause does not take --site/],
    ['status --dry-run', /status does not take --dry-run/],
    ['drop interactions', /drop needs --version/],
    ['rebuild interactions --throttle many', /--throttle must be a number from 1 on, not many/],
    ['dead-letters', /takes list, show ID, retry ID or skip ID/],
    ['dead-letters skip', /needs the id/],
    ['dead-letters skip 7', /7 is not the id/],
  ];
  for (const [line, message] of refusals) {
    expect(() => read(line), line).toThrow(message);
    expect(() => read(line), line).toThrow(expect.objectContaining({ exitCode: 2 }));
  }
});
