import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { asvsLevel2Ids } from './asvs-5-level-2-ids.ts';

const address = new URL('../../docs/security.md', import.meta.url);
const text = readFileSync(address, 'utf8');
const [before = '', assessment = ''] = text.split(/^## Assessment$/m);
const deviations = /^## Deviations$([\s\S]*?)^## /m.exec(before)?.[1] ?? '';

const states = ['met', 'partly', 'not met', 'not applicable'] as const;
const rows = [...assessment.matchAll(/^\| (V[\d.]+) \| ([^|]+) \| ([^|]+) \| (.+) \|$/gm)].map(
  ([, id = '', asks = '', state = '', evidence = '']) => ({ id, asks, state, evidence }),
);

const sorted = (ids: readonly string[]): string[] => [...ids].sort();

describe('the security self-assessment', () => {
  it('answers every requirement of ASVS level 2 once, and no other', () => {
    expect(asvsLevel2Ids).toHaveLength(253);
    expect(sorted(rows.map(({ id }) => id))).toEqual(sorted(asvsLevel2Ids));
  });

  it('says of each where it stands, and at the top how many stand where', () => {
    const told = [...before.matchAll(/^\| (met|partly|not met|not applicable) \| (\d+) \|$/gm)];
    const counted = states.map((state) => [state, String(rows.filter((row) => row.state === state).length)]);
    expect(told.map(([, state, count]) => [state, count])).toEqual(counted);
    expect(rows.filter(({ state }) => !states.some((known) => known === state))).toEqual([]);
  });

  it('shows for everything that is met a file or a command', () => {
    const bare = rows.filter(({ state, evidence }) => state === 'met' && !/\]\(|`/.test(evidence));
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it('names every line that is not wholly met among the deviations, once', () => {
    const named = [...deviations.matchAll(/^\| ([^|]+) \| [^|]+ \| [^|]+ \|$/gm)].flatMap(
      ([, ids = '']) => ids.match(/V\d+\.\d+\.\d+/g) ?? [],
    );
    const short = rows.filter(({ state }) => state === 'partly' || state === 'not met').map(({ id }) => id);
    expect(sorted(named)).toEqual(sorted(short));
  });

  it('leads to files that exist', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
    const missing = targets.filter((target) => !existsSync(fileURLToPath(new URL(target, address))));
    expect([...new Set(missing)]).toEqual([]);
  });

  it('leads to parts of itself that exist', () => {
    const parts = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
    const targets = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !parts.includes(target))).toEqual([]);
  });
});
