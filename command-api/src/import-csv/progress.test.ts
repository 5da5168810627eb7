import { describe, expect, it } from 'vitest';
import { showProgress } from './progress.ts';

const watch = (isTTY: boolean) => {
  const written: string[] = [];
  let time = 0;
  const progress = showProgress(2_000, { isTTY, write: (text) => written.push(text) }, () => time);
  return {
    written,
    showAt: (seconds: number, done: number) => {
      time = seconds * 1_000;
      progress.show(done);
    },
  };
};

describe('progress', () => {
  it('shows a bar with rate and time left on a terminal', () => {
    const { written, showAt } = watch(true);
    showAt(2, 500);
    expect(written.join('')).toBe('\r\u001b[2K█████░░░░░░░░░░░░░░░ 25 % · 500 of 2,000 rows · 250 rows/s · 0:06 left');
  });
  it('shows a plain line every tenth elsewhere', () => {
    const { written, showAt } = watch(false);
    for (let done = 100; done <= 2_000; done += 100) showAt(done / 250, done);
    expect(written).toHaveLength(10);
    expect(written[9]).toBe('100 % · 2,000 of 2,000 rows · 250 rows/s · 0:00 left\n');
  });
});
