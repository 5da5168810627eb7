import { expect, it } from 'vitest';
import { createProgressLine } from './progress-line.ts';

const written = (isTTY: boolean) => {
  const texts: string[] = [];
  const line = createProgressLine({ isTTY, write: (text) => texts.push(text) });
  for (const done of [0, 50, 60, 100, 200]) {
    line.show({ name: 'interactions v2', done, total: 200, eventsPerSecond: 10 });
  }
  line.end();
  return texts;
};

it('writes a line at every tenth into a file', () => {
  expect(written(false)).toEqual([
    'interactions v2 · 0 % · 0 of 200 events · 10 events/s · 0:20 left\n',
    'interactions v2 · 25 % · 50 of 200 events · 10 events/s · 0:15 left\n',
    'interactions v2 · 30 % · 60 of 200 events · 10 events/s · 0:14 left\n',
    'interactions v2 · 50 % · 100 of 200 events · 10 events/s · 0:10 left\n',
    'interactions v2 · 100 % · 200 of 200 events · 10 events/s\n',
  ]);
});

it('draws one line over and over on a terminal and takes it away at the end', () => {
  const texts = written(true);
  expect(texts.every((text) => text.startsWith('\r\u001b[2K') && !text.endsWith('\n'))).toBe(true);
  expect(texts.at(-1)).toBe('\r\u001b[2K');
});
