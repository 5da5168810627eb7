import { expect, it } from 'vitest';
import type { TestCase, TestModule } from 'vitest/node';
import { closingTexts } from './closing-line.ts';

type Ran = { readonly state: 'passed' | 'failed' | 'skipped'; readonly note?: string; readonly server?: string };

const caseOf = ({ state, note, server }: Ran): TestCase =>
  ({
    result: () => ({ state, note }),
    annotations: () => (server ? [{ type: 'server', message: server }] : []),
    module: { relativeModuleId: 'log.int.test.ts' },
    fullName: 'keeps everything',
  }) as unknown as TestCase;

const moduleOf = (ran: readonly Ran[], state = 'passed'): TestModule =>
  ({ state: () => state, children: { allTests: () => ran.map(caseOf) } }) as unknown as TestModule;

const passed: Ran = { state: 'passed' };

it('a run where all is well ends with one line', () => {
  expect(closingTexts([moduleOf([passed, passed]), moduleOf([passed])], [])).toEqual(['3 passed, 0 failed']);
});

it('a test that failed, a file that could not be loaded and an error that nobody caught count as failures', () => {
  const modules = [moduleOf([passed, { state: 'failed' }], 'failed'), moduleOf([], 'failed')];
  expect(closingTexts(modules, [new Error('nobody caught it')])).toEqual(['1 passed, 3 failed']);
});

it('the servers are named once each', () => {
  const ran = ['redis-server 7', 'PostgreSQL 18', 'redis-server 7'].map((server) => ({ ...passed, server }));
  expect(closingTexts([moduleOf(ran)], [])).toEqual(['ran on: PostgreSQL 18, redis-server 7', '3 passed, 0 failed']);
});

it('a missing engine is named and its suites are no skipped tests; whatever else was skipped is told by name', () => {
  const noNode: Ran = { state: 'skipped', note: 'not run: EventStoreDB (no EVENTSTORE_URL)' };
  expect(closingTexts([moduleOf([passed, noNode, noNode])], [])).toEqual([
    'not run: EventStoreDB (no EVENTSTORE_URL)',
    '1 passed, 0 failed',
  ]);
  expect(closingTexts([moduleOf([passed, noNode, { state: 'skipped' }])], [])).toEqual([
    'Could not run here:\n  log.int.test.ts › keeps everything',
    'not run: EventStoreDB (no EVENTSTORE_URL)',
    '1 passed, 0 failed, 1 skipped',
  ]);
});
