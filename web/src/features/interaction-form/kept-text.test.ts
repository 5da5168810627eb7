import { beforeEach, describe, expect, it } from 'vitest';
import type { FormValues } from './form-values.ts';
import { keepText, keptText } from './kept-text.ts';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  Object.assign(globalThis, {
    sessionStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => void kept.set(name, text),
    },
  });
});

describe('what was typed and not saved', () => {
  const place = { userId: 'elias', siteId: 'brussels', id: 'new' };
  const values = { title: 'Secret' } as FormValues;

  it('is there after a reload', () => {
    keepText(place, { values, base: values, revision: undefined });
    expect(keptText(place)?.values.title).toBe('Secret');
  });

  it('is not there for the next person at the same browser', () => {
    keepText(place, { values, base: values, revision: undefined });
    expect(keptText({ ...place, userId: 'ada' })).toBeUndefined();
  });
});
