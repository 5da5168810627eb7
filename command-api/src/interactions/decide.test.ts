import type { InteractionEvent } from '@ims/contracts/interactions/events';
import { interactionStatuses, statusTransitions } from '@ims/contracts/interactions/lifecycle';
import { describe, expect, it } from 'vitest';
import { specification } from '../command-handling/decider-spec.ts';
import {
  changeStatus,
  createInteraction,
  deleteInteraction,
  replaceInteraction,
  restoreInteraction,
  updateInteraction,
} from './decide.ts';
import { type Interaction, interactionEvolution } from './interaction.ts';

const { given } = specification(interactionEvolution);
const surroundings = { interactionTypes: ['Meeting', 'Call'], tzData: '2026a' };

const fields = {
  title: 'Budget review',
  type: 'Meeting',
  lead: 'Jérémy Dubois',
  startDateTime: '2026-03-03T14:30',
  endDateTime: '2026-03-03T15:00',
  timezone: 'Europe/Brussels',
  location: '',
  description: '',
  notes: '',
};
const start = { local: '2026-03-03T14:30', offset: '+01:00', instant: '2026-03-03T13:30:00.000Z', tzData: '2026a' };
const end = { local: '2026-03-03T15:00', offset: '+01:00', instant: '2026-03-03T14:00:00.000Z', tzData: '2026a' };
const { startDateTime: _start, endDateTime: _end, ...texts } = fields;
const content = { ...texts, start, end };
const empty = {
  title: '',
  type: '',
  lead: '',
  start: null,
  end: null,
  timezone: '',
  location: '',
  description: '',
  notes: '',
};

const created: InteractionEvent = { type: 'InteractionCreated', data: { ...content, status: 'complete' } };
const drafted: InteractionEvent = {
  type: 'InteractionCreated',
  data: { ...empty, title: 'Budget review', status: 'draft' },
};
const deleted: InteractionEvent = { type: 'InteractionDeleted', data: {} };
const became = (status: (typeof interactionStatuses)[number]): InteractionEvent => ({
  type: 'InteractionStatusChanged',
  data: { status },
});
const create =
  (changes: object, status: 'draft' | 'complete' = 'complete') =>
  (interaction: Interaction) =>
    createInteraction(interaction, { ...surroundings, status, fields: { ...fields, ...changes } });
const update = (changes: object) => (interaction: Interaction) =>
  updateInteraction(interaction, { ...surroundings, fields: changes });
const replace = (changes: object) => (interaction: Interaction) =>
  replaceInteraction(interaction, { ...surroundings, fields: { ...fields, ...changes } });
const move = (status: (typeof interactionStatuses)[number]) => (interaction: Interaction) =>
  changeStatus(interaction, { status });

describe('recording an interaction', () => {
  it('keeps the wall time, its zone and the instant it stands for', () =>
    given().when(create({})).thenHappened(created));
  it('is refused when it exists already', () => given(created).when(create({})).thenRefused('CONFLICT'));
  it('names every missing field', () =>
    given()
      .when(create({ title: '', lead: '' }))
      .thenRefused('VALIDATION_ERROR', 'title', 'lead'));
  it('keeps a draft with almost nothing in it', () =>
    given()
      .when((state) =>
        createInteraction(state, { ...surroundings, status: 'draft', fields: { title: 'Budget review' } }),
      )
      .thenHappened(drafted));
  it('keeps the wall time of a draft that has no zone yet', () =>
    given()
      .when((state) =>
        createInteraction(state, {
          ...surroundings,
          status: 'draft',
          fields: { startDateTime: '2026-03-03T14:30' },
        }),
      )
      .thenHappened({
        type: 'InteractionCreated',
        data: {
          ...empty,
          start: { local: '2026-03-03T14:30', offset: null, instant: null, tzData: null },
          status: 'draft',
        },
      }));
  it('refuses a type that the site does not have', () =>
    given()
      .when(create({ type: 'Seance' }))
      .thenRefused('VALIDATION_ERROR', 'type'));
  it('refuses an end that is not after its start', () =>
    given()
      .when(create({ endDateTime: '2026-03-03T14:30' }))
      .thenRefused('VALIDATION_ERROR', 'endDateTime'));
  it('refuses a wall time that clocks jump over', () =>
    given()
      .when(create({ startDateTime: '2026-03-29T02:30', endDateTime: '2026-03-29T04:00' }))
      .thenRefused('VALIDATION_ERROR', 'startDateTime'));
  it('accepts an end whose wall time is before the start when its instant is after', () => {
    const decision = create({ startDateTime: '2026-10-25T02:45+02:00', endDateTime: '2026-10-25T02:15+01:00' })({
      situation: 'unknown',
    });
    expect(decision).toHaveLength(1);
  });
});

describe('editing an interaction', () => {
  it('tells the new values of the changed fields only', () =>
    given(created)
      .when(update({ title: 'Budget review 2', lead: 'Jérémy Dubois' }))
      .thenHappened({ type: 'InteractionUpdated', data: { title: 'Budget review 2' } }));
  it('moves both instants when the zone changes', () =>
    given(created)
      .when(update({ timezone: 'Europe/London' }))
      .thenHappened({
        type: 'InteractionUpdated',
        data: {
          timezone: 'Europe/London',
          start: { ...start, offset: '+00:00', instant: '2026-03-03T14:30:00.000Z' },
          end: { ...end, offset: '+00:00', instant: '2026-03-03T15:00:00.000Z' },
        },
      }));
  it('does nothing when nothing changed', () => given(created).when(update(fields)).thenNothingHappened());
  it('does not shift an ambiguous time that is saved once more', () => {
    const late = {
      local: '2026-10-25T02:30',
      offset: '+01:00',
      instant: '2026-10-25T01:30:00.000Z',
      tzData: '2026a',
    };
    const closing = { ...late, local: '2026-10-25T03:30', instant: '2026-10-25T02:30:00.000Z' };
    given({ type: 'InteractionCreated', data: { ...content, start: late, end: closing, status: 'complete' } })
      .when(update({ startDateTime: '2026-10-25T02:30', title: 'Budget review' }))
      .thenNothingHappened();
  });
  it('cannot empty a required field of a complete record', () =>
    given(created)
      .when(update({ title: '' }))
      .thenRefused('VALIDATION_ERROR', 'title'));
  it('keeps a retired type that the record already has', () =>
    given({ type: 'InteractionCreated', data: { ...content, type: 'Seance', status: 'complete' } })
      .when(update({ location: 'Room 4' }))
      .thenHappened({ type: 'InteractionUpdated', data: { location: 'Room 4' } }));
  it('makes a draft that is saved in part incomplete', () =>
    given(drafted)
      .when(update({ lead: 'Ann' }))
      .thenHappened({ type: 'InteractionUpdated', data: { lead: 'Ann' } }, became('incomplete')));
  it('submits a draft when every field is given at once', () =>
    given(drafted)
      .when(replace({}))
      .thenHappened(
        {
          type: 'InteractionUpdated',
          data: { type: 'Meeting', lead: 'Jérémy Dubois', timezone: 'Europe/Brussels', start, end },
        },
        became('complete'),
      ));
  it('is refused in the bin', () =>
    given(created, deleted)
      .when(update({ title: 'x' }))
      .thenRefused('CONFLICT'));
  it('is refused for a record that never was', () => given().when(update({})).thenRefused('RESOURCE_NOT_FOUND'));
});

describe('the lifecycle', () => {
  const complete = { ...content };
  for (const from of interactionStatuses) {
    for (const to of interactionStatuses) {
      const allowed = statusTransitions[from].includes(to);
      it(`${allowed ? 'goes' : 'never goes'} from ${from} to ${to}`, () => {
        const asked = given({ type: 'InteractionCreated', data: { ...complete, status: from } }).when(move(to));
        if (allowed) asked.thenHappened(became(to));
        else asked.thenRefused('INVALID_TRANSITION', 'status');
      });
    }
  }
  it('submits a draft only with all required fields', () =>
    given(drafted)
      .when(move('complete'))
      .thenRefused('VALIDATION_ERROR', 'type', 'lead', 'startDateTime', 'endDateTime', 'timezone'));
});

describe('the bin', () => {
  it('takes a record', () => given(created).when(deleteInteraction).thenHappened(deleted));
  it('keeps what is in it already', () => given(created, deleted).when(deleteInteraction).thenNothingHappened());
  it('does not take a record that never was', () => given().when(deleteInteraction).thenRefused('RESOURCE_NOT_FOUND'));
  it('gives a record back', () =>
    given(created, deleted).when(restoreInteraction).thenHappened({ type: 'InteractionRestored', data: {} }));
  it('gives the record back in the status it had', () => {
    const archived = [created, became('archived'), deleted, { type: 'InteractionRestored', data: {} } as const];
    given(...archived)
      .when(move('complete'))
      .thenHappened(became('complete'));
  });
  it('has nothing to do for a record that is not in it', () =>
    given(created).when(restoreInteraction).thenNothingHappened());
  it('gives nothing back once purged', () =>
    given(created, deleted, { type: 'InteractionPurged', data: {} })
      .when(restoreInteraction)
      .thenRefused('RESOURCE_NOT_FOUND'));
});
