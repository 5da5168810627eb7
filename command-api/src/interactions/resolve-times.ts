import { type ErrorDetail, type Refusal, refusal } from '@ims/contracts/error-codes';
import type { InteractionContent, ResolvedTime } from '@ims/contracts/interactions/events';
import { resolveWallTime } from '@ims/contracts/wall-time';

type GivenTimes = {
  readonly startDateTime: string | undefined;
  readonly endDateTime: string | undefined;
  readonly tzData: string;
};

/**
 * Content with both ends resolved in its zone. An end that was neither given nor moved to another zone keeps the
 * instant that was chosen for it, so that saving an ambiguous time once more does not shift it.
 */
export const resolveTimes = (
  content: InteractionContent,
  before: InteractionContent,
  { startDateTime, endDateTime, tzData }: GivenTimes,
): InteractionContent | Refusal => {
  const zone = { name: content.timezone, isNew: content.timezone !== before.timezone, tzData };
  const start = resolveEnd('startDateTime', startDateTime, before.start, zone);
  const end = resolveEnd('endDateTime', endDateTime, before.end, zone);
  const details = [start, end].flatMap((resolved) => ('field' in resolved ? [resolved] : []));
  if ('field' in start || 'field' in end) {
    return refusal('VALIDATION_ERROR', details[0]?.message ?? 'A time does not exist', details);
  }
  if (endsBeforeStart(start.time, end.time)) {
    const message = `End must be after ${start.time?.local.replace('T', ' ')}`;
    return refusal('VALIDATION_ERROR', message, [{ field: 'endDateTime', message }]);
  }
  return { ...content, start: start.time, end: end.time };
};

type Zone = { readonly name: string; readonly isNew: boolean; readonly tzData: string };

const resolveEnd = (
  field: 'startDateTime' | 'endDateTime',
  given: string | undefined,
  before: ResolvedTime | null,
  zone: Zone,
): { readonly time: ResolvedTime | null } | ErrorDetail => {
  const text = given ?? before?.local ?? '';
  if (text === '') return { time: null };
  if (before && text === before.local && !zone.isNew) return { time: before };
  if (zone.name === '') return { time: { local: text, offset: null, instant: null, tzData: null } };
  const resolved = resolveWallTime(text, zone.name, zone.tzData);
  return resolved.problem ? { field, message: resolved.message } : { time: resolved.time };
};

const endsBeforeStart = (start: ResolvedTime | null, end: ResolvedTime | null): boolean => {
  if (!start?.instant || !end?.instant) return false;
  return Date.parse(end.instant) <= Date.parse(start.instant);
};
