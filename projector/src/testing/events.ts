import type { DomainEvent } from '@ims/contracts/event-catalogue';
import type { ResolvedTime } from '@ims/contracts/interactions/events';
import { defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';

type DataOf<Type extends DomainEvent['type']> = Extract<DomainEvent, { readonly type: Type }>['data'];

/** A time of March 2026 in Brussels, where noon is 11:00 UTC. */
export const brusselsTime = (local: string): ResolvedTime => ({
  local,
  offset: '+01:00',
  instant: new Date(`${local}:00+01:00`).toISOString(),
  tzData: '2026a',
});

export const created = (changes: Partial<DataOf<'InteractionCreated'>> = {}): DomainEvent => ({
  type: 'InteractionCreated',
  data: {
    title: 'Budget review',
    type: 'Meeting',
    lead: 'Jérémy Dubois',
    start: brusselsTime('2026-03-15T14:30'),
    end: brusselsTime('2026-03-15T15:30'),
    timezone: 'Europe/Brussels',
    location: 'Room 4',
    description: 'Figures of the second quarter',
    notes: '',
    status: 'complete',
    ...changes,
  },
});

export const updated = (data: DataOf<'InteractionUpdated'>): DomainEvent => ({ type: 'InteractionUpdated', data });
export const statusChanged = (status: DataOf<'InteractionStatusChanged'>['status']): DomainEvent => ({
  type: 'InteractionStatusChanged',
  data: { status },
});
export const deleted: DomainEvent = { type: 'InteractionDeleted', data: {} };
export const restored: DomainEvent = { type: 'InteractionRestored', data: {} };
export const purged: DomainEvent = { type: 'InteractionPurged', data: {} };

export const siteCreated = (name: string): DomainEvent => ({
  type: 'SiteCreated',
  data: { name, description: '', settings: defaultSiteSettings, interactionTypes: [...defaultInteractionTypes] },
});

export const userRegistered = (username: string): DomainEvent => ({
  type: 'UserRegistered',
  data: {
    username,
    email: `${username}@example.org`,
    displayName: username.toUpperCase(),
    timezone: 'Europe/Brussels',
  },
});
