import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** How tests on a missing engine say so: `not run: EventStoreDB (no EVENTSTORE_URL)`. */
const missingEngine = /^not run: (.*)$/;

/** Ends a run with the servers it used, what could not run, by name, and the one line that CI reads. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    for (const text of closingTexts(modules, unhandledErrors)) process.stdout.write(`\n${text}\n`);
  }
}

export const closingTexts = (
  modules: readonly TestModule[],
  unhandledErrors: readonly unknown[],
): readonly string[] => {
  const tests = modules.flatMap(testsOf);
  const failedModules = modules.filter((module) => module.state() === 'failed' && testsOf(module).length === 0);
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
  const skipped = tests.filter((test) => test.result().state === 'skipped');
  const engines = unique(skipped.flatMap(missingEngineOf));
  const servers = unique(tests.flatMap(serversOf));
  const others = skipped.filter((test) => missingEngineOf(test).length === 0);
  const failed = count('failed') + failedModules.length + unhandledErrors.length;
  return [
    ...(servers.length > 0 ? [`ran on: ${servers.join(', ')}`] : []),
    ...(others.length > 0 ? [`Could not run here:\n${others.map(nameOf).join('\n')}`] : []),
    ...(engines.length > 0 ? [`not run: ${engines.join(', ')}`] : []),
    `${count('passed')} passed, ${failed} failed${others.length > 0 ? `, ${others.length} skipped` : ''}`,
  ];
};

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const testsOf = (module: TestModule): readonly TestCase[] => [...module.children.allTests()];

const serversOf = (test: TestCase): readonly string[] =>
  test.annotations().flatMap(({ type, message }) => (type === 'server' ? [message] : []));

const noteOf = (test: TestCase): string => {
  const result = test.result();
  return (result.state === 'skipped' && result.note) || '';
};

const missingEngineOf = (test: TestCase): readonly string[] => {
  const engine = missingEngine.exec(noteOf(test))?.[1];
  return engine ? [engine] : [];
};

const nameOf = (test: TestCase): string => {
  const note = noteOf(test);
  return `  ${test.module.relativeModuleId} › ${test.fullName}${note ? `: ${note}` : ''}`;
};
