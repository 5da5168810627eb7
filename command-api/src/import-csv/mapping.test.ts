import { describe, expect, it } from 'vitest';
import { ImportProblem } from './import-problem.ts';
import { columnsOf, parseMapping } from './mapping.ts';

const good = {
  name: 'visits',
  site: { value: 'Brussels office' },
  fields: { title: { column: 'subject' }, type: { value: 'Visit' }, lead: { column: 'who' } },
  when: {
    start: { column: 'day', format: 'yyyy-mm-dd' },
    startTime: '09:00',
    durationMinutes: 60,
    timezone: 'Europe/Brussels',
  },
};
const parse = (mapping: unknown) => parseMapping(JSON.stringify(mapping), 'visits.json');
const problemOf = (mapping: unknown): string => {
  try {
    parse(mapping);
  } catch (error) {
    if (error instanceof ImportProblem) return error.message;
  }
  return 'accepted';
};

describe('a mapping file', () => {
  it('names the columns that it reads', () => {
    const notes = { join: [{ column: 'remark' }, { column: 'extra', label: 'Extra' }] };
    const mapping = parse({ ...good, key: ['number'], fields: { ...good.fields, notes } });
    expect(columnsOf(mapping)).toEqual(['number', 'subject', 'who', 'remark', 'extra', 'day']);
  });

  it.each([
    ['a typing error', { ...good, titel: 1 }, 'Unrecognized key: "titel"'],
    ['a missing field', { ...good, fields: { title: { column: 'a' }, type: { value: 'b' } } }, 'fields.lead'],
    ['two sources', { ...good, site: { value: 'a', column: 'b' } }, 'site: Give exactly one of'],
    ['no start time', { ...good, when: { ...good.when, startTime: undefined } }, 'when.startTime: The start has no'],
    ['no end', { ...good, when: { ...good.when, durationMinutes: undefined } }, 'Give either "end" or'],
    ['an unknown zone', { ...good, when: { ...good.when, timezone: 'Europe/Brusels' } }, 'when.timezone: Time zone'],
    [
      'an unusable format',
      { ...good, when: { ...good.when, start: { column: 'day', format: 'yy/mm' } } },
      'when.start.format: "yy/mm" is not a format',
    ],
    [
      'a broken pattern',
      { ...good, site: { column: 'a', rules: [{ matches: '(', value: 'b' }] } },
      '"(" is not a regular expression',
    ],
  ])('with %s is refused by name', (_what, mapping, sentence) => {
    expect(problemOf(mapping)).toContain(sentence);
    expect(problemOf(mapping)).toMatch(/^visits\.json is not a mapping: /);
  });

  it('that is no JSON is refused', () => {
    expect(() => parseMapping('{', 'visits.json')).toThrow('visits.json is not JSON');
  });
});
