import { randomUUID } from 'node:crypto';
import { eventCatalogue } from '@ims/contracts/event-catalogue';
import { createCodec } from '@ims/platform/event-log/codec';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { z } from 'zod';
import type { TestProjector } from './test-projector.ts';

export type Poison = {
  readonly stream: string;
  readonly siteId?: string;
  /** Any type and data, known or not. */
  readonly event: { readonly type: string; readonly data: Record<string, unknown> };
  /** Default: the current one. */
  readonly schemaVersion?: number;
};

/** Puts an event into the log that no command would have written; the answer is its position. */
export const plant = async (
  { log, keyStore }: Pick<TestProjector, 'log' | 'keyStore'>,
  { stream, siteId, event, schemaVersion = 1 }: Poison,
): Promise<bigint> => {
  const sealed = Object.entries(eventCatalogue).find(([type]) => type === event.type)?.[1].sealed ?? [];
  const catalogue = { [event.type]: { schema: z.unknown(), version: schemaVersion, sealed } };
  const codec = createCodec<typeof event>({ keyStore, masterKey: testMasterKey, catalogue });
  const commandId = randomUUID();
  const written = await codec.sealAll({
    stream,
    isNewStream: (await log.readStream(stream)).length === 0,
    events: [event],
    metadata: {
      commandId,
      requestHash: '',
      occurredAt: '2026-03-01T09:00:00.000Z',
      actorId: randomUUID(),
      correlationId: 'test',
      causationId: 'test',
      ...(siteId === undefined ? {} : { siteId }),
    },
  });
  const result = await log.append({ stream, expectedRevision: 'any', commandId, ...written });
  if (result.outcome !== 'appended') throw new Error(`The event was not planted: ${result.outcome}`);
  return result.position;
};
