import { randomUUID } from 'node:crypto';
import { createInMemoryEventLog } from '@ims/platform/event-log/in-memory-event-log';
import { expect, it } from 'vitest';
import { lagOf } from './lag.ts';

const recordAt = async (log: ReturnType<typeof createInMemoryEventLog>, occurredAt: string): Promise<bigint> => {
  const commandId = randomUUID();
  const metadata = {
    eventId: randomUUID(),
    commandId,
    requestHash: '',
    occurredAt,
    actorId: randomUUID(),
    correlationId: 'test',
    causationId: 'test',
  };
  const result = await log.append({
    stream: 'system',
    expectedRevision: 'any',
    commandId,
    events: [{ type: 'SystemRoleGranted', schemaVersion: 1, data: '{}', metadata }],
    newKeys: [],
  });
  return result.outcome === 'appended' ? result.position : 0n;
};

it('is the number of events that are missing and the age of the oldest of them', async () => {
  const log = createInMemoryEventLog();
  const projected = await recordAt(log, '2026-03-01T09:00:00.000Z');
  await recordAt(log, '2026-03-01T09:00:10.000Z');
  const head = await recordAt(log, '2026-03-01T09:00:20.000Z');
  const now = () => Date.parse('2026-03-01T09:01:00.000Z');
  expect(await lagOf(log, projected, now)).toEqual({ lagEvents: 2, lagMs: 50_000 });
  expect(await lagOf(log, head, now)).toEqual({ lagEvents: 0, lagMs: 0 });
});
