import type { CompleteInteraction } from '@ims/contracts/interactions/fields';
import { resolveWallTime } from '@ims/contracts/wall-time';

/** Why the server will refuse the times of a row, or nothing; a foresight only, its tz data may be newer than ours. */
export const timeProblem = ({ startDateTime, endDateTime, timezone }: CompleteInteraction): string | undefined => {
  const start = resolveWallTime(startDateTime, timezone, process.versions.tz ?? '');
  const end = resolveWallTime(endDateTime, timezone, process.versions.tz ?? '');
  if (start.problem) return start.message;
  if (end.problem) return end.message;
  return Date.parse(end.time.instant) > Date.parse(start.time.instant) ? undefined : 'End must be after start';
};
