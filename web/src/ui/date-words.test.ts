import { afterEach, describe, expect, it } from 'vitest';
import { givenInteraction } from '../testing/given.ts';
import { browserZone, formatInstant, formatSpan, setViewerZone, viewerZone, whenWords } from './date-words.ts';

const longAfter = Date.parse('2026-08-01T10:00:00Z');

describe('when an interaction takes place', () => {
  it('is said in its own zone, without naming the viewer’s own', () => {
    expect(whenWords(givenInteraction(), longAfter, 'Europe/Brussels')).toEqual({
      text: 'Tue 3 Mar 2026, 14:30–15:00',
      zone: '',
      viewer: '',
    });
  });

  it('names another zone and knows the viewer’s time', () => {
    expect(whenWords(givenInteraction(), longAfter, 'Asia/Tokyo')).toEqual({
      text: 'Tue 3 Mar 2026, 14:30–15:00',
      zone: 'Brussels',
      viewer: 'Tue 3 Mar 2026, 22:30–23:00',
    });
  });

  it.each([
    ['2026-03-02T08:00:00Z', 'Tomorrow, 14:30–15:00'],
    ['2026-03-03T08:00:00Z', 'Today, 14:30–15:00'],
    ['2026-03-03T23:30:00Z', 'Yesterday, 14:30–15:00'],
  ])('at %s it is %s', (now, words) => {
    expect(whenWords(givenInteraction(), Date.parse(now), 'Europe/Brussels').text).toBe(words);
  });

  it('names the second day of one that goes on', () => {
    expect(formatSpan('2026-03-03T14:30', '2026-03-04T09:00')).toBe('Tue 3 Mar, 14:30 – Wed 4 Mar 2026, 09:00');
  });

  it('is empty for a draft without a start', () => {
    expect(
      whenWords(givenInteraction({ startDateTime: null, endDateTime: null, startUtc: null, endUtc: null })).text,
    ).toBe('');
  });
});

describe('the viewer’s time', () => {
  afterEach(() => setViewerZone(undefined));

  it('is that of the zone in the person’s profile', () => {
    setViewerZone('Asia/Tokyo');
    expect(formatInstant('2026-03-03T13:30:00Z')).toBe('Tue 3 Mar 2026, 22:30');
    expect(whenWords(givenInteraction(), longAfter).viewer).toBe('Tue 3 Mar 2026, 22:30–23:00');
  });

  it.each([undefined, 'Mars/Olympus'])('is the browser’s where the profile says %s', (zone) => {
    setViewerZone(zone);
    expect(viewerZone()).toBe(browserZone());
  });
});
