import { CompleteInteraction } from '@ims/contracts/interactions/fields';
import { interactionStatuses } from '@ims/contracts/interactions/lifecycle';
import { resolveWallTime } from '@ims/contracts/wall-time';
import { describe, expect, it } from 'vitest';
import { generateInteractions } from './generate-interactions.ts';

const options = { seed: 7, count: 3_000, today: '2026-11-10', timezone: 'Europe/Brussels' };
const rows = [...generateInteractions(options)];
const instant = (text: string, zone: string) => {
  const answer = resolveWallTime(text, zone, '');
  return answer.problem ? Number.NaN : Date.parse(answer.time.instant);
};

describe('made-up interactions', () => {
  it('are the same for the same seed and others for another', () => {
    expect([...generateInteractions(options)]).toEqual(rows);
    expect([...generateInteractions({ ...options, seed: 8 })]).not.toEqual(rows);
  });
  it('are what the form would accept, blanks included', () => {
    for (const { status: _status, ...fields } of rows) expect(CompleteInteraction.parse(fields)).toEqual(fields);
  });
  it('take place at times that exist, and end after they start', () => {
    for (const row of rows) {
      const lasts = instant(row.endDateTime, row.timezone) - instant(row.startDateTime, row.timezone);
      expect(lasts, JSON.stringify(row)).toBeGreaterThan(0);
    }
  });
  it('lie between two years ago and three months ahead', () => {
    const days = rows.map((row) => row.startDateTime.slice(0, 10)).sort();
    expect(days[0]).toMatch(/^2024-11/);
    expect(days.at(-1)).toMatch(/^2027-02/);
  });
  it('vary in status, people, zones and length', () => {
    expect(new Set(rows.map((row) => row.status))).toEqual(new Set(interactionStatuses));
    expect(new Set(rows.map((row) => row.lead)).size).toBe(60);
    expect(new Set(rows.map((row) => row.title)).size).toBeGreaterThan(800);
    expect(rows.filter((row) => row.timezone === 'Europe/Brussels').length).toBeGreaterThan(2_000);
    expect(new Set(rows.map((row) => row.timezone)).size).toBe(9);
    expect(rows.some((row) => row.description === '' && row.notes === '' && row.location === '')).toBe(true);
    expect(rows.some((row) => row.description.length > 3_000)).toBe(true);
  });
});
