import { describe, expect, test } from 'vitest';
import { createLiveChanges, type Told } from './live-changes.ts';

const listen = () => {
  const heard: Told[] = [];
  return { heard, tell: (told: Told) => heard.push(told) };
};

describe('the live changes of a site', () => {
  test('are told to those who watch it, and to nobody else', () => {
    const live = createLiveChanges();
    const here = listen();
    const elsewhere = listen();
    live.join('a', { current: 5n, lastSeen: undefined }, here.tell);
    live.join('b', { current: 5n, lastSeen: undefined }, elsewhere.tell);
    live.changed('a', { generation: 6n, ids: ['x'] });
    expect(here.heard).toEqual([{ kind: 'changed', position: 6n, ids: ['x'] }]);
    expect(elsewhere.heard).toEqual([]);
  });

  test('that were missed while away are told when they are still remembered', () => {
    const live = createLiveChanges();
    for (const generation of [6n, 7n, 9n]) live.changed('a', { generation, ids: [`${generation}`] });
    const back = listen();
    live.join('a', { current: 9n, lastSeen: 6n }, back.tell);
    expect(back.heard.map(({ position }) => position)).toEqual([7n, 9n]);
  });

  test('that nobody remembers any more are a reset', () => {
    const live = createLiveChanges();
    for (let generation = 1n; generation <= 300n; generation += 1n) live.changed('a', { generation, ids: [] });
    const back = listen();
    live.join('a', { current: 300n, lastSeen: 5n }, back.tell);
    expect(back.heard).toEqual([{ kind: 'reset', position: 300n }]);
  });

  test('are not told twice to one who missed nothing', () => {
    const live = createLiveChanges();
    live.changed('a', { generation: 6n, ids: ['x'] });
    const back = listen();
    live.join('a', { current: 6n, lastSeen: 6n }, back.tell);
    expect(back.heard).toEqual([]);
  });

  test('that come between the reading of the generation and the joining are told', () => {
    const live = createLiveChanges();
    live.changed('a', { generation: 7n, ids: ['x'] });
    const fresh = listen();
    live.join('a', { current: 6n, lastSeen: undefined }, fresh.tell);
    expect(fresh.heard).toEqual([{ kind: 'changed', position: 7n, ids: ['x'] }]);
  });

  test('after lost messages are a reset, now and for who comes back', () => {
    const live = createLiveChanges();
    const here = listen();
    live.changed('a', { generation: 6n, ids: ['x'] });
    live.join('a', { current: 6n, lastSeen: undefined }, here.tell);
    live.lost(null);
    const back = listen();
    live.join('a', { current: 8n, lastSeen: 6n }, back.tell);
    expect(here.heard).toEqual([{ kind: 'reset', position: 6n }]);
    expect(back.heard).toEqual([{ kind: 'reset', position: 8n }]);
  });

  test('of too many records to name are a reset', () => {
    const live = createLiveChanges();
    const here = listen();
    live.join('a', { current: 5n, lastSeen: undefined }, here.tell);
    live.changed('a', { generation: 6n, ids: null });
    expect(here.heard).toEqual([{ kind: 'reset', position: 6n }]);
  });

  test('are told once when their message comes twice', () => {
    const live = createLiveChanges();
    const here = listen();
    live.join('a', { current: 5n, lastSeen: undefined }, here.tell);
    live.changed('a', { generation: 6n, ids: ['x'] });
    live.changed('a', { generation: 6n, ids: ['x'] });
    expect(here.heard).toHaveLength(1);
  });

  test('are followed by word of their totals, when those come later', () => {
    const live = createLiveChanges();
    const here = listen();
    live.join('a', { current: 5n, lastSeen: undefined }, here.tell);
    live.counted('a', 6n);
    expect(here.heard).toEqual([]);
    live.changed('a', { generation: 6n, ids: ['x'] });
    live.changed('a', { generation: 7n, ids: ['y'] });
    live.counted('a', 6n);
    live.counted('a', 7n);
    live.counted('a', 7n);
    expect(here.heard.slice(2)).toEqual([
      { kind: 'changed', position: 7n, ids: [] },
      { kind: 'changed', position: 7n, ids: [] },
    ]);
  });

  test('are remembered for so many records and sites only, and for all that somebody watches', () => {
    const live = createLiveChanges();
    live.join('watched', { current: 0n, lastSeen: undefined }, () => undefined);
    for (let site = 1; site <= 1_000; site += 1) live.changed(`site ${site}`, { generation: 1n, ids: ['x'] });
    expect(live.size()).toBeLessThanOrEqual(201);
    const ids = Array.from({ length: 100 }, (_, at) => `${at}`);
    for (let generation = 1n; generation <= 100n; generation += 1n) live.changed('watched', { generation, ids });
    const back = listen();
    live.join('watched', { current: 100n, lastSeen: 50n }, back.tell);
    expect(back.heard).toEqual([{ kind: 'reset', position: 100n }]);
    const sooner = listen();
    live.join('watched', { current: 100n, lastSeen: 95n }, sooner.tell);
    expect(sooner.heard).toHaveLength(5);
  });

  test('end with leaving', () => {
    const live = createLiveChanges();
    const here = listen();
    const leave = live.join('a', { current: 5n, lastSeen: undefined }, here.tell);
    leave();
    live.changed('a', { generation: 6n, ids: ['x'] });
    expect(here.heard).toEqual([]);
  });
});
