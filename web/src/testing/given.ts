import type { SignedInUser } from '@ims/contracts/auth/api';
import type { Interaction, InteractionList } from '@ims/contracts/interactions/api';

export const givenPerson: SignedInUser = {
  id: '01939d2e-0000-7c3d-8e4f-000000000001',
  username: 'editor',
  email: 'editor@example.org',
  timezone: 'Europe/Brussels',
  displayName: 'Elias Editor',
  systemRoles: [],
  defaultSiteId: null,
  sites: [{ id: '01939d2e-0000-7c3d-8e4f-0000000000aa', name: 'Brussels', role: 'editor' }],
  demo: false,
};

export const givenInteraction = (changes: Partial<Interaction> = {}): Interaction => ({
  id: '01939d2e-7a1b-7c3d-8e4f-5a6b7c8d9e0f',
  siteId: '01939d2e-0000-7c3d-8e4f-0000000000aa',
  title: 'Budget review',
  type: 'Meeting',
  lead: 'Jérémy Dubois',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
  startUtc: '2026-03-03T13:30:00.000Z',
  endUtc: '2026-03-03T14:00:00.000Z',
  location: 'Room 4',
  description: '',
  notes: '',
  status: 'complete',
  revision: 3,
  createdBy: { id: givenPerson.id, displayName: 'Elias Editor' },
  createdAt: '2026-03-01T09:00:00.000Z',
  updatedBy: { id: givenPerson.id, displayName: 'Elias Editor' },
  updatedAt: '2026-03-01T09:00:00.000Z',
  ...changes,
});

export const givenList = (interactions: Interaction[]): InteractionList => ({
  interactions,
  page: 1,
  pageSize: 25,
  total: interactions.length,
  totalIsExact: true,
  totalPages: 1,
  nextCursor: null,
  unfilteredTotal: 2_016,
});
