import { describe, expect, it } from 'vitest';
import { apiQuery, emptyQuery, type FinderQuery, readFinderUrl, writeFinderUrl } from './finder-url.ts';

const read = (address: string) => readFinderUrl(new URLSearchParams(address));

const filtered: FinderQuery = {
  ...emptyQuery,
  search: 'budget "second quarter"',
  lead: 'jeremy',
  type: ['Meeting', 'Call'],
  status: ['draft'],
  timezone: ['Europe/Brussels'],
  startFrom: '2026-03-01',
  startTo: '2026-03-31',
  sort: [
    { field: 'lead', direction: 'asc' },
    { field: 'startDateTime', direction: 'desc' },
  ],
  page: 4,
  pageSize: 100,
};

describe('the address of the Finder', () => {
  it('is empty for the usual table', () => {
    expect(writeFinderUrl(emptyQuery).toString()).toBe('');
  });

  it('brings back everything it was made from', () => {
    expect(read(writeFinderUrl(filtered).toString())).toEqual({ query: filtered, dropped: [] });
  });

  it('names the parts it does not know and keeps the rest', () => {
    expect(read('search=budget&owner=me&sort=colour:asc&page=0&status=lost&pageSize=10000')).toEqual({
      query: { ...emptyQuery, search: 'budget' },
      dropped: ['owner', 'sort', 'page', 'status', 'pageSize'],
    });
  });

  it.each(['startFrom=2026-13-01', 'startTo=soon', 'timezone=Mars/Olympus', `search=${'x'.repeat(501)}`])(
    'drops %s',
    (part) => {
      expect(read(part).query).toEqual(emptyQuery);
      expect(read(part).dropped).toHaveLength(1);
    },
  );

  it('asks the server in days of the viewer only when days are asked for', () => {
    expect(apiQuery(emptyQuery, 25, 'Asia/Tokyo')).toMatchObject({ sort: 'startDateTime:desc', page: 1, pageSize: 25 });
    expect(apiQuery(emptyQuery, 25, 'Asia/Tokyo').zone).toBeUndefined();
    expect(apiQuery(filtered, 25, 'Asia/Tokyo')).toMatchObject({ zone: 'Asia/Tokyo', pageSize: 100 });
  });
});
