import type { DomainEvent } from '@ims/contracts/event-catalogue';
import { interactionStream, siteStream, userStream } from '@ims/contracts/ids';
import type { InteractionContent, ResolvedTime } from '@ims/contracts/interactions/events';
import { defaultInteractionTypes } from '@ims/contracts/interactions/fields';
import { defaultSiteSettings } from '@ims/contracts/sites/settings';
import { resolveWallTime } from '@ims/contracts/wall-time';
import { timeOrderedUuid } from '@ims/platform/event-log/derived-ids';
import { generateInteractions, type MadeUpInteraction } from '../demo/generate-interactions.ts';

/** Events of one command: what is appended together. */
export type MadeUpCommand = {
  readonly stream: string;
  readonly siteId: string | undefined;
  readonly actorId: string;
  /** Revision before it; -1 for the first command of a stream. */
  readonly revision: number;
  readonly events: readonly DomainEvent[];
};

/** Twenty sites, the first of which holds half of all interactions, and one person who may do anything on them. */
export type Organization = { readonly userId: string; readonly siteIds: readonly string[] };

const timezone = 'Europe/Brussels';
const today = '2026-11-02';

export const makeOrganization = (): Organization => ({
  userId: timeOrderedUuid(),
  siteIds: Array.from({ length: 20 }, () => timeOrderedUuid()),
});

export const bigSiteOf = ({ siteIds }: Organization): string => siteIds[0] ?? '';

/** The person and the sites, as the write side would record them. */
export const foundingCommands = ({ userId, siteIds }: Organization): MadeUpCommand[] => [
  {
    stream: userStream(userId),
    siteId: undefined,
    actorId: userId,
    revision: -1,
    events: [
      {
        type: 'UserRegistered',
        data: { username: 'bench', email: 'bench@example.org', displayName: 'Bench', timezone },
      },
    ],
  },
  ...siteIds.map(
    (siteId, number): MadeUpCommand => ({
      stream: siteStream(siteId),
      siteId,
      actorId: userId,
      revision: -1,
      events: [
        {
          type: 'SiteCreated',
          data: {
            name: `Site ${number + 1}`,
            description: '',
            settings: defaultSiteSettings,
            interactionTypes: [...defaultInteractionTypes],
          },
        },
        { type: 'SiteMemberRoleGranted', data: { userId, role: 'administrator' } },
      ],
    }),
  ),
];

/** Creations in groups of at most `size`, each group followed by what happened to its interactions later. */
export function* interactionCommands(
  { userId, siteIds }: Organization,
  rows: number,
  size: number,
): Generator<{ readonly creations: MadeUpCommand[]; readonly later: MadeUpCommand[] }> {
  let group = { creations: [] as MadeUpCommand[], later: [] as MadeUpCommand[] };
  let number = 0;
  for (const interaction of generateInteractions({ seed: 2_026, count: rows, today, timezone })) {
    const place = number % 2 === 0 ? 0 : 1 + (((number - 1) / 2) % (siteIds.length - 1));
    const made = commandsOf(interaction, { siteId: siteIds[place] ?? '', actorId: userId }, number);
    group.creations.push(made.creation);
    group.later.push(...made.later);
    number += 1;
    if (group.creations.length < size) continue;
    yield group;
    group = { creations: [], later: [] };
  }
  if (group.creations.length > 0) yield group;
}

const commandsOf = (
  { status, ...interaction }: MadeUpInteraction,
  by: { readonly siteId: string; readonly actorId: string },
  number: number,
): { creation: MadeUpCommand; later: MadeUpCommand[] } => {
  const stream = interactionStream(timeOrderedUuid());
  const isDraft = status === 'draft' || status === 'incomplete';
  const created = isDraft ? 'draft' : 'complete';
  const events: DomainEvent[] = [{ type: 'InteractionCreated', data: { ...contentOf(interaction), status: created } }];
  if (status !== created) events.push({ type: 'InteractionStatusChanged', data: { status } });
  if (number % 4 === 0) events.push({ type: 'InteractionUpdated', data: { location: `Room ${number % 90}` } });
  const [creation, ...later] = events.map((event, at) => ({ ...by, stream, revision: at - 1, events: [event] }));
  if (!creation) throw new Error('An interaction begins with its creation.');
  return { creation, later };
};

const contentOf = (interaction: Omit<MadeUpInteraction, 'status'>): InteractionContent => {
  const { startDateTime, endDateTime, ...fields } = interaction;
  return { ...fields, start: resolved(startDateTime, fields.timezone), end: resolved(endDateTime, fields.timezone) };
};

const resolved = (text: string, zone: string): ResolvedTime => {
  const answer = resolveWallTime(text, zone, process.versions.tz ?? '');
  if (answer.problem) throw new Error(answer.message);
  return answer.time;
};
