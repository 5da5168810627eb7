import { type ErrorCode, isRefusal } from '@ims/contracts/error-codes';
import type { NewEvent } from '@ims/contracts/recorded-event';
import { expect } from 'vitest';
import type { Decision, Evolution } from './decider.ts';

const person = '00000000-0000-7000-8000-00000000000a';
const site = '00000000-0000-7000-8000-00000000000b';

/**
 * The vocabulary of decider tests: given what happened, when something is asked, then these events follow, or a
 * refusal with this code and these fields at fault, or nothing.
 */
export const specification = <State, Event extends NewEvent>({ initialState, evolve }: Evolution<State, Event>) => ({
  given: (...events: readonly Event[]) => {
    const metadata = { actorId: person, siteId: site, occurredAt: '2026-11-21T10:00:00.000Z' };
    const state = events.reduce((before, event) => evolve(before, { ...event, metadata }), initialState);
    return {
      when: (decide: (state: State) => Decision<Event>) => {
        const decision = decide(state);
        return {
          thenHappened: (...expected: readonly Event[]) => expect(decision).toEqual(expected),
          thenNothingHappened: () => expect(decision).toEqual([]),
          thenRefused: (code: ErrorCode, ...fields: readonly string[]) => {
            expect(isRefusal(decision) ? decision.code : decision).toBe(code);
            if (isRefusal(decision)) expect(decision.details.map(({ field }) => field)).toEqual(fields);
          },
        };
      },
    };
  },
});
