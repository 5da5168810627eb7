import type {
  DeadLetter,
  OperationRequest,
  ProjectionList,
  ProjectionStatus,
  ProjectionVersionStatus,
} from '@ims/contracts/operations/api';

export const givenVersion = (changes: Partial<ProjectionVersionStatus> = {}): ProjectionVersionStatus => ({
  version: 1,
  state: 'live',
  siteId: null,
  readBy: 'all',
  position: '4820',
  lagEvents: 0,
  lagMs: 0,
  eventsPerSecond: 0,
  deadLetters: 0,
  throttle: null,
  ...changes,
});

export const givenProjection = (changes: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  name: 'statistics',
  activeVersion: 1,
  previousVersion: null,
  bySite: true,
  versions: [givenVersion()],
  ...changes,
});

export const givenProjections = (...projections: ProjectionStatus[]): ProjectionList => ({
  projections,
  head: '4820',
  epoch: 1,
});

export const givenRequest = (changes: Partial<OperationRequest> = {}): OperationRequest => ({
  id: '01939d2e-0000-7c3d-8e4f-0000000000b1',
  operation: 'rebuild',
  projection: 'statistics',
  siteId: null,
  version: null,
  deadLetterId: null,
  requestedBy: null,
  requestedAt: new Date().toISOString(),
  state: 'waiting',
  answer: null,
  finishedAt: null,
  ...changes,
});

export const givenLetter: DeadLetter = {
  id: '01939d2e-0000-7c3d-8e4f-0000000000d1',
  projection: 'interactions',
  version: 1,
  stream: 'interaction-01939d2e-7a1b-7c3d-8e4f-5a6b7c8d9e0f',
  siteId: null,
  position: '4711',
  revision: 3,
  eventType: 'InteractionUpdated',
  error: 'Unknown schema version 9',
  parkedAt: '2026-03-01T09:00:00.000Z',
  waitingEvents: 2,
};
