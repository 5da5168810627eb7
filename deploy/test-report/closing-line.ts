import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends a run with what could not run, by name, and the one line that CI reads. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failedModules = modules.filter((module) => module.state() === 'failed' && testsOf(module).length === 0);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const notRun = tests.filter((test) => test.result().state === 'skipped');
    if (notRun.length > 0) process.stdout.write(`\nCould not run here:\n${notRun.map(nameOf).join('\n')}\n`);
    const failed = count('failed') + failedModules.length + unhandledErrors.length;
    const skipped = notRun.length > 0 ? `, ${notRun.length} skipped` : '';
    process.stdout.write(`\n${count('passed')} passed, ${failed} failed${skipped}\n`);
  }
}

const testsOf = (module: TestModule): readonly TestCase[] => [...module.children.allTests()];

const nameOf = (test: TestCase): string => {
  const result = test.result();
  const note = result.state === 'skipped' && result.note ? `: ${result.note}` : '';
  return `  ${test.module.relativeModuleId} › ${test.fullName}${note}`;
};
