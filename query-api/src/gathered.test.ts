import { expect, test } from 'vitest';
import { gathered } from './gathered.ts';

/** Runs that end when the test says so. */
const givenRuns = () => {
  const runs: { keys: string[]; end: (result: string) => void; fail: (error: Error) => void }[] = [];
  const ask = gathered(
    (keys: ReadonlySet<string>) =>
      new Promise<string>((end, fail) => {
        runs.push({ keys: [...keys], end, fail });
      }),
  );
  const begun = async (count: number): Promise<void> => {
    for (let turn = 1; turn <= 20 && runs.length < count; turn += 1) await Promise.resolve();
    expect(runs).toHaveLength(count);
  };
  return { runs, ask, begun };
};

test('who asks while a look is under way shares the next one, which begins after they asked', async () => {
  const { runs, ask, begun } = givenRuns();
  const first = ask(['a']);
  await begun(1);
  const later = [ask(['b']), ask(['c']), ask(['b'])];
  expect(runs).toHaveLength(1);
  runs[0]?.end('first');
  expect(await first).toBe('first');
  await begun(2);
  expect(runs[1]?.keys).toEqual(['b', 'c']);
  runs[1]?.end('second');
  expect(await Promise.all(later)).toEqual(['second', 'second', 'second']);
});

test('a look that fails fails for those who asked for it, and the next one is made', async () => {
  const { runs, ask, begun } = givenRuns();
  const first = ask(['a']);
  await begun(1);
  const next = ask(['b']);
  runs[0]?.fail(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await begun(2);
  runs[1]?.end('here');
  expect(await next).toBe('here');
});
