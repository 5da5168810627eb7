import type { InteractionWarning } from '@ims/contracts/interactions/api';
import type { SomeInteractionFields } from '@ims/contracts/interactions/fields';
import { resolveWallTime } from '@ims/contracts/wall-time';
import { createSiteVersionedSelect } from '@ims/platform/identity/versioned-select';
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
}): InteractionWarnings => {
  const selectTwin = createSiteVersionedSelect<Twin>(pool, 'interactions', twinStatement);
  return {
    of: async (id, interaction, typed) => {
      if (interaction.situation !== 'recorded') return [];
      const ambiguous = ambiguousTimes(interaction, typed, tzData);
      if (typed.title === undefined && typed.startDateTime === undefined) return ambiguous;
      // The record is saved by now: a look-up that fails must not make its answer an error.
      const isTwin = await hasTwin(selectTwin, id, interaction).catch(() => false);
      return isTwin ? [...ambiguous, duplicateTitle(interaction)] : ambiguous;
    },
  };
};

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

type Twin = { readonly is_there: boolean };

/** Served by the index on (site_id, title, id); a day on either side counts as near. */
const twinStatement = (version: number): string => `
  select active.version, exists (
    select from read.interactions_v${version}
    where site_id = $1 and title = $2 and id <> $3 and deleted_at is null
      and start_utc between $4::timestamptz - interval '1 day' and $4::timestamptz + interval '1 day') as is_there
  from (select coalesce(
    (select version from read.active_versions where projection = 'interactions' and site_id = $1),
    (select version from read.active_versions
     where projection = 'interactions' and site_id = '00000000-0000-0000-0000-000000000000'), 1) as version) as active`;

type SelectTwin = ReturnType<typeof createSiteVersionedSelect<Twin>>;

const hasTwin = async (select: SelectTwin, id: string, { siteId, content }: RecordedInteraction): Promise<boolean> => {
  if (!content.start?.instant || content.title === '') return false;
  const [twin] = await select(siteId, [content.title, id, content.start.instant]);
  return twin?.is_there ?? false;
};
