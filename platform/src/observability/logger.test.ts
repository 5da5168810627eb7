import { expect, it } from 'vitest';
import { createLogger, maskIp } from './logger.ts';

it.each([
  ['192.0.2.17', '192.0.2.0'],
  ['::ffff:192.0.2.17', '192.0.2.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:db8::1', '2001:db8::'],
  ['::1', '::'],
])('an address in the log tells the network and not the machine: %s', (address, masked) => {
  expect(maskIp(address)).toBe(masked);
});

it('writes JSON with time, level, component and message, and no secrets', () => {
  const lines: string[] = [];
  const logger = createLogger({ component: 'test', level: 'info', destination: { write: (line) => lines.push(line) } });
  logger.info({ userId: 'u', password: 'hidden', headers: { authorization: 'hidden' } }, 'Something happened');
  logger.debug('not at this level');
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toMatchObject({ level: 'info', component: 'test', userId: 'u', message: 'Something happened' });
  expect(line.time).toMatch(/^\d{4}-.*Z$/);
  expect(lines[0]).not.toContain('hidden');
});
