import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mapRow } from './map-row.ts';
import { parseMapping } from './mapping.ts';

const example = new URL('../../../docs/examples/mep-meetings.mapping.json', import.meta.url);
const mapping = parseMapping(readFileSync(example, 'utf8'), 'example');
const row = {
  row: '7',
  date: '27-10-2021',
  group: 'Alpha',
  mep: 'Zoë DÍAZ',
  title: ' Ports, "free" or not ',
  dossier: '',
  committees: "['ENVI', 'ITRE']",
  lobbyists: 'Federation of Small Ports',
  location: 'Brussels',
};
const map = (changes: Partial<typeof row>) => mapRow(new Map(Object.entries({ ...row, ...changes })), mapping);
const fieldsOf = (changes: Partial<typeof row>) => {
  const mapped = map(changes);
  return mapped.refused === undefined ? mapped.fields : undefined;
};

describe('a row of the example file', () => {
  it('becomes an interaction on the site that it names', () => {
    expect(map({})).toEqual({
      site: 'Alpha',
      fields: {
        title: 'Ports, "free" or not',
        type: 'Meeting',
        lead: 'Zoë DÍAZ',
        startDateTime: '2021-10-27T09:00',
        endDateTime: '2021-10-27T10:00',
        timezone: 'Europe/Brussels',
        location: 'Brussels',
        description: 'Committees: ENVI, ITRE',
        notes: 'Federation of Small Ports',
      },
    });
  });
  it.each([
    'ONLINE',
    'On-line meeting',
    'Zoom',
    'Brüssel (Videokonferenz)',
    'vidéoconférence',
    'Digitaal',
    'telephone',
  ])('at "%s" was a call', (location) => expect(fieldsOf({ location })?.type).toBe('Call'));
  it.each(['', 'Physically, in Brussels', 'EP'])('at "%s" was a meeting', (location) => {
    expect(fieldsOf({ location })?.type).toBe('Meeting');
  });
  it('leaves out what is empty, and joins the rest line by line', () => {
    expect(fieldsOf({ committees: '[]' })?.description).toBe('');
    expect(fieldsOf({ dossier: 'Ports act' })?.description).toBe('Dossier: Ports act\nCommittees: ENVI, ITRE');
  });
  it('is never cut: a title of 256 characters is refused', () => {
    expect(map({ title: 'x'.repeat(256) }).refused).toBe('Title must have at most 255 characters');
    expect(fieldsOf({ title: 'x'.repeat(255) })?.title).toHaveLength(255);
  });
  it.each([
    [{ date: '2021/10/27' }, 'date "2021/10/27" is not dd-mm-yyyy'],
    [{ date: '31-02-2021' }, 'Start must be a date and time like 2026-03-15T14:30'],
    [{ mep: ' ' }, 'Lead is required'],
    [{ group: '' }, 'The row names no site'],
  ])('with %j is refused with a reason', (changes, reason) => {
    expect(map(changes).refused).toContain(reason);
  });
});
