import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameKey } from './reservations.ts';

it('a name whose key is asked for its key has the same one, whatever the name', () => {
  for (const name of ['\u0130\u0327', 'I\u0327\u0307', '\u212a ', 'Maria '])
    expect(nameKey(nameKey(name))).toBe(nameKey(name));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(nameKey(nameKey(name))).toBe(nameKey(name));
    }),
    { numRuns: 500 },
  );
});
