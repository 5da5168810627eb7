import { z } from 'zod';
import { ErrorDetail } from '../error-codes.ts';
import { Uuid } from '../ids.ts';
import { pagingQuery, repeatable } from '../paging.ts';
import { siteScopeQuery } from '../site-scope.ts';
import { storableText } from '../text.ts';
import { TimeZone } from '../time-zone.ts';
import { CompleteInteraction, SomeInteractionFields } from './fields.ts';
import { InteractionStatus } from './lifecycle.ts';

export const PersonReference = z.object({ id: z.string(), displayName: z.string() }).meta({ id: 'PersonReference' });
export type PersonReference = z.infer<typeof PersonReference>;

/** One record as every answer shows it. Times: local wall time in `timezone`, and the instant beside it (UTC). */
export const Interaction = z
  .object({
    id: z.string(),
    siteId: z.string(),
    title: z.string(),
    type: z.string(),
    lead: z.string(),
    startDateTime: z.string().nullable(),
    endDateTime: z.string().nullable(),
    timezone: z.string(),
    startUtc: z.string().nullable(),
    endUtc: z.string().nullable(),
    location: z.string(),
    description: z.string(),
    notes: z.string(),
    status: InteractionStatus,
    revision: z.number().int().min(0),
    createdBy: PersonReference,
    createdAt: z.string(),
    updatedBy: PersonReference,
    updatedAt: z.string(),
    held: z.boolean().optional(),
  })
  .meta({ id: 'Interaction' });
export type Interaction = z.infer<typeof Interaction>;

export const sortFields = [
  'title',
  'type',
  'lead',
  'startDateTime',
  'endDateTime',
  'timezone',
  'location',
  'status',
  'createdAt',
  'updatedAt',
] as const;
export const SortField = z.enum(sortFields);
export type SortField = z.infer<typeof SortField>;
export const sortDirections = ['asc', 'desc'] as const;
export type SortDirection = (typeof sortDirections)[number];
export type Sort = readonly { readonly field: SortField; readonly direction: SortDirection }[];
export const defaultSort: Sort = [{ field: 'startDateTime', direction: 'desc' }];

/**
 * Reads `startDateTime:desc,title:asc` (or a field and a direction apart).
 * An unknown part gives the default sort and `known: false`; a field given twice counts once.
 */
export const parseSort = (sort?: string, direction?: string): { sort: Sort; known: boolean } => {
  if (!sort) return { sort: defaultSort, known: true };
  const parts = sort.split(',').map((part) => {
    const [field, order = direction ?? 'asc'] = part.trim().split(':');
    return { field: SortField.safeParse(field), direction: z.enum(sortDirections).safeParse(order) };
  });
  const parsed = parts.flatMap((part) =>
    part.field.success && part.direction.success ? [{ field: part.field.data, direction: part.direction.data }] : [],
  );
  if (parsed.length !== parts.length || parsed.length > 5) return { sort: defaultSort, known: false };
  return {
    sort: parsed.filter((part, at) => parsed.findIndex(({ field }) => field === part.field) === at),
    known: true,
  };
};

export const formatSort = (sort: Sort): string => sort.map(({ field, direction }) => `${field}:${direction}`).join(',');

const dateOrInstant = (name: string) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], {
      error: `${name} must be a date like 2026-03-15 or an instant like 2026-03-15T13:30:00Z`,
    })
    .meta({ example: '2026-03-15' });

/** The filters that list, count, export and leads share. Texts are word prefixes in their field. */
export const interactionFilterQuery = {
  search: storableText('search', 500).optional().meta({ example: 'budget "second quarter" -draft' }),
  title: storableText('title', 255).optional(),
  lead: storableText('lead', 100).optional(),
  location: storableText('location', 255).optional(),
  type: repeatable(storableText('type', 50)).optional(),
  status: repeatable(InteractionStatus).optional(),
  timezone: repeatable(TimeZone).optional(),
  createdBy: repeatable(Uuid).optional(),
  startFrom: dateOrInstant('startFrom').optional(),
  startTo: dateOrInstant('startTo').optional(),
  zone: TimeZone.optional(),
};

export const ListInteractionsQuery = z.strictObject({
  ...siteScopeQuery,
  ...interactionFilterQuery,
  ...pagingQuery,
  sort: z.string().max(200).optional().meta({ example: 'startDateTime:desc,title:asc' }),
  direction: z.enum(sortDirections).optional(),
  total: z.enum(['skip', 'capped', 'exact']).default('capped'),
});
export type ListInteractionsQuery = z.infer<typeof ListInteractionsQuery>;

export const CountInteractionsQuery = z.strictObject({
  ...siteScopeQuery,
  ...interactionFilterQuery,
  total: z.enum(['capped', 'exact']).default('exact'),
});

const listed = {
  page: z.number().int().min(1),
  pageSize: z.number().int().min(1),
  total: z.number().int().min(0).nullable(),
  totalIsExact: z.boolean(),
  totalPages: z.number().int().min(0).nullable(),
  nextCursor: z.string().nullable(),
};

/** `total` and `totalPages` are null with `total=skip`; `unfilteredTotal` is the site's whole number. */
export const InteractionList = z
  .object({
    interactions: z.array(Interaction),
    ...listed,
    unfilteredTotal: z.number().int().min(0),
  })
  .meta({ id: 'InteractionList' });
export type InteractionList = z.infer<typeof InteractionList>;

export const InteractionCount = z
  .object({ total: z.number().int().min(0), totalIsExact: z.boolean() })
  .meta({ id: 'InteractionCount' });

export const BinnedInteraction = z
  .object({ ...Interaction.shape, deletedAt: z.string(), deletedBy: PersonReference, purgeAt: z.string() })
  .meta({ id: 'BinnedInteraction' });
export type BinnedInteraction = z.infer<typeof BinnedInteraction>;

export const ListBinQuery = z.strictObject({ ...siteScopeQuery, ...pagingQuery });
export const BinList = z.object({ interactions: z.array(BinnedInteraction), ...listed }).meta({ id: 'BinList' });
export type BinList = z.infer<typeof BinList>;

export const InteractionParams = z.strictObject({ id: Uuid });

export const CreateInteractionBody = z
  .discriminatedUnion(
    'status',
    [
      CompleteInteraction.extend({ status: z.literal('complete').optional() }),
      SomeInteractionFields.extend({ status: z.literal('draft') }),
    ],
    { error: 'Status must be complete or draft' },
  )
  .meta({ id: 'NewInteraction' });
export const ReplaceInteractionBody = CompleteInteraction.meta({ id: 'ReplacedInteraction' });
export const PatchInteractionBody = SomeInteractionFields.refine((fields) => Object.keys(fields).length > 0, {
  message: 'Name at least one field to change',
}).meta({ id: 'InteractionChanges' });
export const ChangeStatusBody = z.strictObject({ status: InteractionStatus }).meta({ id: 'NewStatus' });

export const InteractionWarning = z
  .object({ code: z.enum(['DUPLICATE_TITLE', 'AMBIGUOUS_TIME']), field: z.string(), message: z.string() })
  .meta({ id: 'InteractionWarning' });
export type InteractionWarning = z.infer<typeof InteractionWarning>;

export const InteractionAnswer = z.object({ interaction: Interaction }).meta({ id: 'InteractionAnswer' });
export const InteractionSaved = z
  .object({
    success: z.literal(true),
    interaction: Interaction,
    warnings: z.array(InteractionWarning),
  })
  .meta({ id: 'InteractionSaved' });
export type InteractionSaved = z.infer<typeof InteractionSaved>;
export const Success = z.object({ success: z.literal(true) }).meta({ id: 'Success' });

export const InteractionTypes = z
  .object({ types: z.array(z.object({ name: z.string(), uses: z.number().int().min(0), retired: z.boolean() })) })
  .meta({ id: 'InteractionTypes' });
export const SuggestionQuery = z.strictObject({ ...siteScopeQuery, prefix: storableText('prefix', 100).default('') });
export const LeadSuggestions = z.object({ leads: z.array(z.string()) }).meta({ id: 'LeadSuggestions' });
export const LocationSuggestions = z.object({ locations: z.array(z.string()) }).meta({ id: 'LocationSuggestions' });

/** As `Idempotency-Key` has it: what two texts have in common in UTF-8 must not make them one key. */
const rowKey = z
  .string({ error: 'Every row needs a key' })
  .regex(/^[\x20-\x7e]{1,255}$/, 'A key must have 1 to 255 printable ASCII characters');

/**
 * `key` makes the row's command: the same key never adds a second record. The other fields are those of a new
 * interaction, checked row by row by the command, so that one bad row refuses itself and not the batch.
 */
export const ImportBody = z
  .strictObject({
    rows: z
      .array(z.looseObject({ key: rowKey }))
      .min(1)
      .max(500),
  })
  .meta({ id: 'ImportedRows' });
export const ImportResult = z
  .object({
    key: z.string(),
    outcome: z.enum(['created', 'repeated', 'refused']),
    id: z.string().optional(),
    error: z.object({ code: z.string(), message: z.string(), details: z.array(ErrorDetail) }).optional(),
  })
  .meta({ id: 'ImportResult' });
export type ImportResult = z.infer<typeof ImportResult>;
export const ImportResults = z.object({ results: z.array(ImportResult) }).meta({ id: 'ImportResults' });

/** What `GET /interactions/changes` sends as `data` of its events; `reset` means: read everything again. */
export type LiveChange =
  | { readonly event: 'interactions'; readonly data: { readonly ids: readonly string[]; readonly position: string } }
  | { readonly event: 'notice'; readonly data: { readonly level: 'info' | 'warning'; readonly text: string } }
  | { readonly event: 'reset'; readonly data: Record<string, never> };
