import type { InteractionWarning } from '@ims/contracts/interactions/api';
import type { SomeInteractionFields } from '@ims/contracts/interactions/fields';
import { resolveWallTime } from '@ims/contracts/wall-time';
import type pg from 'pg';
import type { Interaction, RecordedInteraction } from './interaction.ts';

/** What a person should look at although the command was carried out. */
export type InteractionWarnings = {
  of(id: string, interaction: Interaction, typed: SomeInteractionFields): Promise<InteractionWarning[]>;
};

export const createInteractionWarnings = ({
  pool,
  tzData,
}: {
  readonly pool: pg.Pool;
  readonly tzData: string;
}): InteractionWarnings => ({
  of: async (id, interaction, typed) => {
    if (interaction.situation !== 'recorded') return [];
    const ambiguous = ambiguousTimes(interaction, typed, tzData);
    if (typed.title === undefined && typed.startDateTime === undefined) return ambiguous;
    // The record is saved by now: a look-up that fails must not make its answer an error.
    const isTwin = await hasTwin(pool, id, interaction).catch(() => false);
    return isTwin ? [...ambiguous, duplicateTitle(interaction)] : ambiguous;
  },
});

const ambiguousTimes = (
  { content }: RecordedInteraction,
  typed: SomeInteractionFields,
  tzData: string,
): InteractionWarning[] =>
  (['startDateTime', 'endDateTime'] as const).flatMap((field): InteractionWarning[] => {
    const text = typed[field];
    if (!text || content.timezone === '') return [];
    const resolved = resolveWallTime(text, content.timezone, tzData);
    if (resolved.problem || !resolved.ambiguous) return [];
    const [earlier, later] = resolved.offsets;
    // Saved once more, a time keeps the offset that was chosen for it before, which may be the later one.
    const chosen = field === 'startDateTime' ? content.start : content.end;
    if (chosen?.offset !== earlier) return [];
    const message = `${text.replace('T', ' ')} exists twice in ${content.timezone}; the earlier one (${earlier}) was taken, the later one is at ${later}`;
    return [{ code: 'AMBIGUOUS_TIME', field, message }];
  });

const duplicateTitle = ({ content }: RecordedInteraction): InteractionWarning => ({
  code: 'DUPLICATE_TITLE',
  field: 'title',
  message: `There is another “${content.title}” on this site near that date`,
});

/** Served by the index on (site_id, title, id); a day on either side counts as near. */
const hasTwin = async (pool: pg.Pool, id: string, { siteId, content }: RecordedInteraction): Promise<boolean> => {
  if (!content.start?.instant || content.title === '') return false;
  const client = await pool.connect();
  try {
    // The pool is pipelined: one message. The setting ends with its transaction and never outlives it on the connection.
    const begun = client.query('begin read only');
    const scoped = client.query(`select set_config('ims.site', $1, true)`, [siteId]);
    const found = client.query(
      `select 1 from read.interactions_v1
       where site_id = $1 and title = $2 and id <> $3 and deleted_at is null
         and start_utc between $4::timestamptz - interval '1 day' and $4::timestamptz + interval '1 day'
       limit 1`,
      [siteId, content.title, id, content.start.instant],
    );
    const ended = client.query('commit');
    const [, , { rowCount }] = await Promise.all([begun, scoped, found, ended]);
    client.release();
    return (rowCount ?? 0) > 0;
  } catch (error) {
    client.release(true);
    throw error;
  }
};
