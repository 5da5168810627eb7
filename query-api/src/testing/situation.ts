import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@ims/contracts/event-catalogue';
import { interactionStream, siteStream, systemStream, userStream } from '@ims/contracts/ids';
import type { InteractionContent } from '@ims/contracts/interactions/events';
import { defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import type { InteractionStatus } from '@ims/contracts/interactions/lifecycle';
import type { SiteRole, SystemRole } from '@ims/contracts/permissions';
import { defaultSiteSettings, type SiteSettings } from '@ims/contracts/sites/settings';
import { resolveWallTime } from '@ims/contracts/wall-time';
import { createPool } from '@ims/platform/database/pool';
import { type Codec, createCodec } from '@ims/platform/event-log/codec';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { testMasterKey } from '@ims/platform/testing/test-master-key';

/** What happened, written into the real event log of a test database. */
export type Situation = {
  readonly log: EventLog;
  readonly codec: Codec;
  /** Position of the last event. */
  head(): Promise<bigint>;
  user(displayName: string): Promise<string>;
  rename(userId: string, displayName: string): Promise<void>;
  systemRole(userId: string, role: SystemRole): Promise<void>;
  site(name: string, settings?: Partial<SiteSettings>): Promise<string>;
  role(siteId: string, userId: string, role: SiteRole): Promise<void>;
  removal(siteId: string, userId: string): Promise<void>;
  interaction(siteId: string, by: string, given?: GivenInteraction): Promise<string>;
  change(siteId: string, by: string, id: string, event: DomainEvent): Promise<void>;
  close(): Promise<void>;
};

export type GivenInteraction = Partial<Omit<InteractionContent, 'start' | 'end'>> & {
  /** Wall time in `timezone`; null for a draft without a start. */
  readonly start?: string | null;
  readonly status?: InteractionStatus;
  readonly at?: string;
};

const tzData = process.versions.tz ?? 'unknown';

const timeOf = (local: string | null, zone: string) => {
  if (local === null) return null;
  const resolved = resolveWallTime(local, zone, tzData);
  if (resolved.problem) throw new Error(resolved.message);
  return resolved.time;
};

const hourLater = (local: string | null): string | null =>
  local && new Date(Date.parse(`${local}Z`) + 3_600_000).toISOString().slice(0, 16);

const createdEvent = (given: GivenInteraction): DomainEvent => {
  const { start = '2026-03-15T10:00', timezone = 'Europe/Brussels', status = 'complete', at: _at, ...texts } = given;
  return {
    type: 'InteractionCreated',
    data: {
      title: 'Budget review',
      type: 'Meeting',
      lead: 'Anna Smith',
      location: '',
      description: '',
      notes: '',
      ...texts,
      timezone,
      start: timeOf(start, timezone),
      end: timeOf(hourLater(start), timezone),
      status,
    },
  };
};

/** Writes as `ims_command`; reading and projecting are the test's own. */
export const createSituation = (url: string): Situation => {
  const pool = createPool({ url, applicationName: 'ims-test-situation', max: 2 });
  const log = createPostgresEventLog({ url, applicationName: 'ims-test-log', readers: 2 });
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey: testMasterKey });

  const write = async (
    stream: string,
    event: DomainEvent,
    { actorId, siteId, at = new Date().toISOString() }: { actorId: string; siteId?: string; at?: string },
  ): Promise<void> => {
    const commandId = timeOrderedUuid();
    const origin = {
      commandId,
      requestHash: 'test',
      occurredAt: at,
      actorId,
      correlationId: 'test',
      causationId: 'test',
    };
    const metadata = siteId === undefined ? origin : { ...origin, siteId };
    const isNewStream = (await log.readStream(stream)).length === 0;
    const sealed = await codec.sealAll({ stream, isNewStream, events: [event], metadata });
    const result = await log.append({ stream, expectedRevision: 'any', commandId, ...sealed });
    if (result.outcome !== 'appended') throw new Error(`The situation could not be written: ${result.outcome}.`);
  };

  const founder = randomUUID();
  const onSite = (siteId: string, event: DomainEvent) => write(siteStream(siteId), event, { actorId: founder, siteId });

  return {
    log,
    codec,
    head: () => log.headPosition(),
    user: async (displayName) => {
      const id = timeOrderedUuid();
      const username = `user-${id}`;
      const data = { username, email: `${id}@example.org`, displayName, timezone: 'Europe/Brussels' };
      await write(userStream(id), { type: 'UserRegistered', data }, { actorId: founder });
      return id;
    },
    rename: (userId, displayName) =>
      write(userStream(userId), { type: 'UserUpdated', data: { displayName } }, { actorId: founder }),
    systemRole: (userId, role) =>
      write(systemStream, { type: 'SystemRoleGranted', data: { userId, role } }, { actorId: founder }),
    site: async (name, settings = {}) => {
      const id = timeOrderedUuid();
      const given = { ...defaultSiteSettings, ...settings };
      const data = { name, description: '', settings: given, interactionTypes: [...defaultInteractionTypes] };
      await onSite(id, { type: 'SiteCreated', data });
      return id;
    },
    role: (siteId, userId, role) => onSite(siteId, { type: 'SiteMemberRoleGranted', data: { userId, role } }),
    removal: (siteId, userId) => onSite(siteId, { type: 'SiteMemberRoleRevoked', data: { userId } }),
    interaction: async (siteId, by, given = {}) => {
      const id = timeOrderedUuid();
      const origin = { actorId: by, siteId, ...(given.at === undefined ? {} : { at: given.at }) };
      await write(interactionStream(id), createdEvent(given), origin);
      return id;
    },
    change: (siteId, by, id, event) => write(interactionStream(id), event, { actorId: by, siteId }),
    close: async () => {
      await log.close();
      await pool.end();
    },
  };
};
