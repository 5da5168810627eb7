import { isRefusal } from '@ims/contracts/error-codes';
import type { InteractionEvent } from '@ims/contracts/interactions/events';
import { createCodec } from '@ims/platform/event-log/codec';
import { commandIdFor } from '@ims/platform/event-log/derived-ids';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createInMemoryEventLog } from '@ims/platform/event-log/in-memory-event-log';
import { isUnavailable } from '@ims/platform/http/unavailable';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import { beforeEach, describe, expect, it } from 'vitest';
import { deleteInteraction, restoreInteraction, updateInteraction } from '../interactions/decide.ts';
import { type Interaction, interactionEvolution } from '../interactions/interaction.ts';
import type { Decision } from './decider.ts';
import {
  type Accepted,
  type CommandContext,
  CommandDeadlineExceeded,
  createCommandHandler,
  type HandleCommand,
} from './handle-command.ts';

const site = '0193a000-0000-7000-8000-000000000001';
const otherSite = '0193a000-0000-7000-8000-000000000002';
const person = '0193a000-0000-7000-8000-00000000000a';
const stream = 'interaction-0193a000-0000-7000-8000-0000000000ff';

const context = (changes: Partial<CommandContext> = {}): CommandContext => ({
  commandId: commandIdFor(person, undefined),
  requestHash: 'hash',
  actorId: person,
  siteId: site,
  correlationId: 'request-1',
  occurredAt: '2026-11-21T10:00:00.000Z',
  signal: AbortSignal.timeout(5_000),
  ...changes,
});
const created: InteractionEvent = {
  type: 'InteractionCreated',
  data: {
    title: 'Budget review',
    type: 'Meeting',
    lead: 'Ann',
    start: null,
    end: null,
    timezone: 'Europe/Brussels',
    location: '',
    description: '',
    notes: '',
    status: 'draft',
  },
};
const rename =
  (title: string) =>
  (state: Interaction): Decision<InteractionEvent> =>
    updateInteraction(state, { fields: { title }, interactionTypes: [], tzData: '2026a' });

let log: EventLog;
let handle: HandleCommand;
let run: (
  decide: (state: Interaction) => Decision<InteractionEvent>,
  changes?: Partial<CommandContext>,
) => ReturnType<typeof carryOut>;
const carryOut = (
  decide: (state: Interaction) => Decision<InteractionEvent>,
  changes: Partial<CommandContext> = {},
  on: HandleCommand = handle,
) => on({ stream, evolution: interactionEvolution, decide }, context(changes));

const handlerOn = (events: EventLog, keyStore: ReturnType<typeof createInMemoryEventLog>['keyStore']) =>
  createCommandHandler({ log: events, codec: createCodec({ keyStore, masterKey: testMasterKey }) });

let memory: ReturnType<typeof createInMemoryEventLog>;
beforeEach(async () => {
  memory = createInMemoryEventLog();
  log = memory;
  handle = handlerOn(log, memory.keyStore);
  run = (decide, changes) => carryOut(decide, changes);
  await run(() => [created]);
});

const accepted = (outcome: Awaited<ReturnType<typeof carryOut>>): Accepted<Interaction> => {
  if (isRefusal(outcome)) throw new Error(outcome.message);
  return outcome;
};
const codeOf = (outcome: Awaited<ReturnType<typeof carryOut>>): string =>
  isRefusal(outcome) ? outcome.code : 'accepted';

describe('a command', () => {
  it('answers the state after it, with its revision and its place in the log', async () => {
    const { state, revision, position, repeated } = accepted(await run(rename('Budget review 2')));
    expect(state).toMatchObject({ situation: 'recorded', content: { title: 'Budget review 2' } });
    expect({ revision, position, repeated }).toEqual({ revision: 2, position: 3n, repeated: false });
  });

  it('writes nothing when it is refused', async () => {
    expect(codeOf(await run(() => ({ refused: true, code: 'CONFLICT', message: '', details: [] })))).toBe('CONFLICT');
    expect(await log.headPosition()).toBe(1n);
  });

  it('writes nothing when there is nothing to do', async () => {
    expect(accepted(await run(restoreInteraction)).revision).toBe(0);
    expect(await log.headPosition()).toBe(1n);
  });

  it('decides again on fresh state when somebody else was faster', async () => {
    let seen: string[] = [];
    let overtaken = false;
    const racing: EventLog = {
      ...log,
      append: async (append, options) => {
        if (!overtaken) {
          overtaken = true;
          await run(rename('From elsewhere'));
        }
        return log.append(append, options);
      },
    };
    const slow = handlerOn(racing, memory.keyStore);
    const outcome = await carryOut(
      (state) => {
        seen = [...seen, state.situation === 'recorded' ? state.content.title : ''];
        return rename('From here')(state);
      },
      {},
      slow,
    );
    expect(seen).toEqual(['Budget review', 'From elsewhere']);
    expect(accepted(outcome).state).toMatchObject({ content: { title: 'From here' } });
  });

  it('ends at its deadline when the stream never rests', async () => {
    const restless: EventLog = {
      ...log,
      append: () => new Promise((resolve) => setImmediate(resolve, { outcome: 'conflict', actualRevision: 7 })),
    };
    const slow = handlerOn(restless, memory.keyStore);
    const late = await carryOut(rename('x'), { signal: AbortSignal.timeout(30) }, slow).catch(
      (error: unknown) => error,
    );
    expect(late).toBeInstanceOf(CommandDeadlineExceeded);
    expect(isUnavailable(late)).toBe(true);
  });

  it('sees nothing of a record of another site', async () => {
    expect(codeOf(await run(rename('x'), { siteId: otherSite }))).toBe('RESOURCE_NOT_FOUND');
    expect(codeOf(await run(rename('x'), { siteId: otherSite, ifMatch: [99] }))).toBe('RESOURCE_NOT_FOUND');
  });

  it('neither fetches nor opens a record of another site, which would take longer than to find none', async () => {
    let fetched = 0;
    const counting: EventLog = {
      ...log,
      readStream: async (name, options) => {
        const events = await log.readStream(name, options);
        fetched += events.length;
        return events;
      },
    };
    const counted = handlerOn(counting, memory.keyStore);
    expect(codeOf(await carryOut(rename('x'), { siteId: otherSite }, counted))).toBe('RESOURCE_NOT_FOUND');
    expect(fetched).toBe(0);
    expect(codeOf(await carryOut(rename('x'), {}, counted))).toBe('accepted');
    expect(fetched).toBe(1);
  });
});

describe('If-Match', () => {
  it('lets a command through at the revision that its caller saw', async () => {
    expect(codeOf(await run(rename('x'), { ifMatch: [0] }))).toBe('accepted');
  });

  it('refuses a command on a record that moved on, and tells where it stands', async () => {
    await run(rename('x'));
    const outcome = await run(rename('y'), { ifMatch: [0] });
    expect(outcome).toMatchObject({
      code: 'PRECONDITION_FAILED',
      current: { revision: 2, updatedBy: person, updatedAt: '2026-11-21T10:00:00.000Z' },
    });
  });
});

describe('a repeated command', () => {
  const commandId = commandIdFor(person, 'key-1');

  it('is carried out once and answered as it was then', async () => {
    const first = accepted(await run(rename('x'), { commandId }));
    await run(rename('y'));
    const second = accepted(await run(rename('x'), { commandId }));
    expect(second).toMatchObject({ revision: first.revision, position: first.position, repeated: true });
    expect(second.state).toMatchObject({ content: { title: 'x' } });
    expect(await log.headPosition()).toBe(4n);
  });

  it('is answered although it could not be done a second time', async () => {
    await run(deleteInteraction, { commandId });
    expect(accepted(await run(deleteInteraction, { commandId })).repeated).toBe(true);
  });

  it('with another content is refused', async () => {
    await run(rename('x'), { commandId });
    expect(codeOf(await run(rename('y'), { commandId, requestHash: 'other' }))).toBe('IDEMPOTENCY_MISMATCH');
  });

  it('is refused on another record', async () => {
    await run(rename('x'), { commandId });
    const elsewhere = await handle(
      { stream: 'interaction-other', isNew: true, evolution: interactionEvolution, decide: () => [created] },
      context({ commandId }),
    );
    expect(codeOf(elsewhere)).toBe('IDEMPOTENCY_MISMATCH');
  });

  it('creates one record when its first answer was lost', async () => {
    const create = () =>
      handle(
        { stream: 'interaction-new', isNew: true, evolution: interactionEvolution, decide: () => [created] },
        context({ commandId }),
      );
    const outcomes = await Promise.all([create(), create(), create()]);
    expect(outcomes.map((outcome) => accepted(outcome).revision)).toEqual([0, 0, 0]);
    expect(outcomes.filter((outcome) => !accepted(outcome).repeated)).toHaveLength(1);
    expect(await log.headPosition()).toBe(2n);
  });
});
