import { expect, it } from 'vitest';
import { saysCanSave } from './availability-report.ts';

const told = (details: Record<string, unknown>): boolean => saysCanSave({ status: 'DEGRADED', details });
const commands = (...processes: string[]) => ({ 'command-api': { status: 'DEGRADED', processes } });

it('says that saving is possible while one command API works, whatever else is away', () => {
  expect(told({ db: 'UP', storage: 'DEGRADED', ...commands('DOWN', 'UP') })).toBe(true);
  expect(told({ db: 'UP', storage: 'UP', ...commands('DEGRADED') })).toBe(true);
});

it('does not, while every command API is away although people can read', () => {
  expect(told({ db: 'UP', storage: 'UP', ...commands('DOWN', 'DOWN') })).toBe(false);
});

it('asks for log and database where one process answers for everything', () => {
  expect(told({ db: 'UP', storage: 'UP', messaging: 'DEGRADED' })).toBe(true);
  expect(told({ db: 'UP', storage: 'DEGRADED' })).toBe(false);
  expect(told({ db: 'DOWN', storage: 'UP' })).toBe(false);
  expect(saysCanSave(undefined)).toBe(false);
  expect(saysCanSave({ waitingFor: ['PostgreSQL'] })).toBe(false);
});
