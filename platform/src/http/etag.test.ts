import { isRefusal } from '@ims/contracts/error-codes';
import { describe, expect, it } from 'vitest';
import { formatConsistencyToken, parseConsistencyToken } from './consistency-token.ts';
import { formatEtag, parseIfMatch } from './etag.ts';

describe('If-Match', () => {
  it('takes an ETag that an answer carried, weak or strong, or several', () => {
    expect(parseIfMatch(formatEtag(7))).toEqual([7]);
    expect(parseIfMatch('W/"7"')).toEqual([7]);
    expect(parseIfMatch('"7", "8"')).toEqual([7, 8]);
    expect(parseIfMatch('*')).toBe('any');
    expect(parseIfMatch(undefined)).toBeUndefined();
  });

  it.each(['7', '"x"', '', '"-1"', '"7" "8"', '"99999999999"'])('refuses %s', (header) => {
    expect(isRefusal(parseIfMatch(header))).toBe(true);
  });
});

describe('X-Consistency-Token', () => {
  it('comes back as it was given out', () => {
    const token = { epoch: 2, position: 9_007_199_254_740_993n };
    expect(parseConsistencyToken(formatConsistencyToken(token))).toEqual(token);
    expect(parseConsistencyToken(undefined)).toBeUndefined();
  });

  it.each(['', '1', '1.', '1.x', '-1.5', '1.5.6', ' 1.5'])('refuses "%s"', (header) => {
    expect(isRefusal(parseConsistencyToken(header))).toBe(true);
  });
});
