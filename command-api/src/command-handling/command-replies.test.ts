import { headers } from '@ims/contracts/site-scope';
import { EventLogUnavailable } from '@ims/platform/event-log/event-log';
import { createInMemoryEventLog } from '@ims/platform/event-log/in-memory-event-log';
import type { FastifyReply } from 'fastify';
import { expect, it } from 'vitest';
import { createCommandReplies } from './command-replies.ts';

it('answers again when the log was away the first time it was asked', async () => {
  const epochs = [Promise.reject(new EventLogUnavailable('away')), Promise.resolve(2)];
  const log = { ...createInMemoryEventLog(), epoch: () => epochs.shift() ?? Promise.resolve(0) };
  const names = { read: () => Promise.resolve(new Map()), forget: () => undefined };
  const sent: unknown[] = [];
  const reply = { header: (...header: unknown[]) => sent.push(header) } as unknown as FastifyReply;
  const { markPosition } = createCommandReplies({ log, names });

  await expect(markPosition(reply, 7n)).rejects.toThrow(EventLogUnavailable);
  await markPosition(reply, 7n);
  await markPosition(reply, 8n);

  expect(sent).toEqual([
    [headers.consistencyToken, '2.7'],
    [headers.consistencyToken, '2.8'],
  ]);
});
