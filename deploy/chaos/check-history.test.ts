import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import { expect, it } from 'vitest';
import { checkFollower, checkLog, checkOperations, type LogEvent } from './check-history.ts';
import type { Operation } from './history.ts';

const event = (stream: string, revision: number, position: number, commandId: string = randomUUID()): LogEvent => ({
  stream,
  revision,
  position: BigInt(position),
  metadata: { commandId, eventId: randomUUID() },
});
const recordId = randomUUID();
const stream = interactionStream(recordId);
const operation = (commandId: string, rest: Partial<Operation> = {}): Operation => ({
  commandId,
  siteId: '',
  kind: 'create',
  outcome: 'acknowledged',
  recordId,
  revision: 0,
  answeredAt: 0,
  tries: 1,
  ...rest,
});
const rulesOf = (operations: readonly Operation[], events: readonly LogEvent[]) =>
  checkOperations(operations, events).map(({ rule }) => rule);

it('is content with commands that stand in the log once, and with unknown ones that do or do not', () => {
  const events = [event(stream, 0, 1, 'a'), event(stream, 1, 2, 'b')];
  const operations = [operation('a'), operation('b', { outcome: 'unknown' }), operation('c', { outcome: 'unknown' })];
  expect(rulesOf(operations, events)).toEqual([]);
  expect(checkLog(events)).toEqual([]);
});

it('finds a command that was acknowledged and lost', () => {
  expect(rulesOf([operation('a')], [])).toEqual(['no acknowledged command lost']);
});

it('finds a command that was carried out twice', () => {
  expect(rulesOf([operation('a')], [event(stream, 0, 1, 'a'), event('interaction-x', 0, 2, 'a')])).toEqual([
    'none applied twice',
  ]);
});

it('finds a refusal that changed something, and an answer that is not what happened', () => {
  expect(rulesOf([operation('a', { outcome: 'refused' })], [event(stream, 0, 1, 'a')])).toEqual([
    'a refusal changes nothing',
  ]);
  expect(rulesOf([operation('a', { revision: 3 })], [event(stream, 0, 1, 'a')])).toEqual([
    'the answer is what happened',
  ]);
});

it('finds gaps, places given twice and events written twice', () => {
  const first = event(stream, 0, 5);
  expect(checkLog([first, event(stream, 2, 6)]).map(({ rule }) => rule)).toEqual(['revisions of a stream contiguous']);
  expect(checkLog([first, event('interaction-x', 0, 5)]).map(({ rule }) => rule)).toEqual(['positions grow']);
  expect(checkLog([first, { ...event(stream, 1, 6), metadata: first.metadata }]).map(({ rule }) => rule)).toEqual([
    'every event once',
  ]);
});

it('finds an event that a reader was never shown, or too late', () => {
  const [one, two] = [event(stream, 0, 1), event(stream, 1, 2)];
  expect(checkFollower([one, two], [one, two])).toEqual([]);
  expect(checkFollower([two], [one, two])).toHaveLength(1);
  expect(checkFollower([two, one], [one, two])).toHaveLength(1);
});
