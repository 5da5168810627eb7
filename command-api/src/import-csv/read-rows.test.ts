import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCsv } from './read-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'ims-csv-'));
afterAll(() => rm(folder, { recursive: true }));

const file = (content: string | Buffer) => {
  const path = join(folder, 'rows.csv');
  writeFileSync(path, content);
  return path;
};
const rowsOf = async (content: string | Buffer, needed: string[] = [], delimiter = ',') => {
  const rows = [];
  for await (const row of (await openCsv(file(content), delimiter, needed)).rows) rows.push(row);
  return rows;
};

describe('a CSV file', () => {
  it('is read with its byte order mark, quotes, accents and line breaks', async () => {
    const rows = await rowsOf('\uFEFFtitle,lead\r\n"a ""b"",\r\nsecond line",Jérémy\r\n\r\nc,Łukasz\r\n', ['title']);
    expect(rows.map(({ line, cells }) => [line, ...cells.values()])).toEqual([
      [2, 'a "b",\r\nsecond line', 'Jérémy'],
      [5, 'c', 'Łukasz'],
    ]);
  });
  it('keeps an accent whose bytes fall into two reads', async () => {
    const text = `a\n${'é'.repeat(300_000)}\nx${'é'.repeat(300_000)}\n`;
    const rows = await rowsOf(text);
    expect(rows.map(({ cells }) => cells.get('a')?.length)).toEqual([300_000, 300_001]);
  });
  it('may use another delimiter', async () => {
    const [row] = await rowsOf('a;b\n1,5;2\n', ['a', 'b'], ';');
    expect(row?.cells.get('a')).toBe('1,5');
  });
  it('says which row has too many or too few cells, and goes on', async () => {
    const rows = await rowsOf('a,b\n1\n1,2\n1,2,3\n');
    expect(rows.map(({ problem }) => problem)).toEqual([
      'The row has 1 cells, but there are 2 columns',
      undefined,
      'The row has 3 cells, but there are 2 columns',
    ]);
  });
  it.each([
    ['misses a column', 'a,b\n', ['c'], 'The mapping names "c", but the columns of'],
    ['has it twice', 'a,a\n', ['a'], 'has the column "a" twice'],
    ['is empty', '', [], 'is empty'],
    ['is Latin-1', Buffer.from('a\nJ\u00e9r\u00e9my\n', 'latin1'), ['a'], 'is not UTF-8 text'],
    ['leaves a quote open', 'a\n"x\n', ['a'], 'is not a CSV file'],
  ])('that %s is refused in a sentence', async (_what, content, needed, sentence) => {
    await expect(rowsOf(content, needed)).rejects.toThrow(sentence);
  });
  it('that is not there is refused in a sentence', async () => {
    await expect(openCsv(join(folder, 'none.csv'), ',', [])).rejects.toThrow('none.csv cannot be read');
  });
});
