import { randomUUID } from 'node:crypto';
import type { Codec } from '@ims/platform/event-log/codec';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import type pg from 'pg';
import { recordPlainly } from './floor/plain-log.ts';
import { foundingCommands, interactionCommands, type MadeUpCommand, type Organization } from './made-up-history.ts';

/** `floor` where the same history goes into the floor's log as well. */
export type Logs = { readonly log: EventLog; readonly codec: Codec; readonly floor?: pg.Pool };

const groupSize = 1_000;

/**
 * Writes the same history into the product's log (sealed, through its own interface) and into the floor's.
 * Returns how many events each of them holds.
 */
export const fillLogs = async (
  logs: Logs,
  organization: Organization,
  rows: number,
  onProgress: (interactions: number) => void,
): Promise<number> =>
  (await record(logs, foundingCommands(organization))) +
  (await recordInteractions(logs, organization, rows, onProgress));

/** The interactions alone, of sites that are there already. */
export const recordInteractions = async (
  logs: Logs,
  organization: Organization,
  rows: number,
  onProgress: (interactions: number) => void,
): Promise<number> => {
  let events = 0;
  let interactions = 0;
  for (const { creations, later } of interactionCommands(organization, rows, groupSize)) {
    events += await record(logs, creations);
    // Two later commands on one stream must come one after the other.
    for (const revision of [0, 1]) {
      events += await record(
        logs,
        later.filter((command) => command.revision === revision),
      );
    }
    interactions += creations.length;
    onProgress(interactions);
  }
  return events;
};

const record = async (logs: Logs, commands: readonly MadeUpCommand[]): Promise<number> => {
  const occurredAt = new Date().toISOString();
  await Promise.all(commands.map((command) => append(logs, command, occurredAt)));
  if (logs.floor) await recordPlainly(logs.floor, commands, occurredAt);
  return commands.reduce((sum, { events }) => sum + events.length, 0);
};

const append = async ({ log, codec }: Logs, command: MadeUpCommand, occurredAt: string): Promise<void> => {
  const { stream, siteId, actorId, revision, events } = command;
  const commandId = timeOrderedUuid();
  const metadata = {
    commandId,
    requestHash: randomUUID(),
    occurredAt,
    actorId,
    ...(siteId === undefined ? {} : { siteId }),
    correlationId: commandId,
    causationId: commandId,
  };
  const isNewStream = revision < 0;
  const sealed = await codec.sealAll({ stream, isNewStream, events, metadata });
  const expectedRevision = isNewStream ? 'no-stream' : revision;
  const { outcome } = await log.append({ stream, expectedRevision, commandId, ...sealed });
  if (outcome !== 'appended') throw new Error(`The append to ${stream} ended in ${outcome}.`);
};
