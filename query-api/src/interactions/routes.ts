import { isRefusal, refusal } from '@ims/contracts/error-codes';
import { foldText } from '@ims/contracts/fold-text';
import {
  BinList,
  CountInteractionsQuery,
  InteractionAnswer,
  InteractionCount,
  InteractionList,
  InteractionParams,
  InteractionTypes,
  LeadSuggestions,
  ListBinQuery,
  ListInteractionsQuery,
  LocationSuggestions,
  SuggestionQuery,
} from '@ims/contracts/interactions/api';
import { sendRefusal } from '@ims/platform/http/errors';
import { formatEtag } from '@ims/platform/http/etag';
import { siteOf } from '@ims/platform/http/route-access';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answer, type QueryContext, readLookup, readPage, readSite } from '../query-context.ts';
import { referencesTo } from '../users/people.ts';
import { answerBin } from './bin.ts';
import type { Changes } from './changes.ts';
import type { Cursors } from './cursor.ts';
import { readFilters } from './filters.ts';
import { peopleIn, toInteraction } from './interaction-row.ts';
import { readInteractionTypes } from './interaction-types.ts';
import { countInteractions } from './list-interactions.ts';
import { answerList } from './list-route.ts';
import { seesNotes } from './notes.ts';
import { readInteraction } from './read-interaction.ts';
import { readSuggestions } from './suggestions.ts';

export type InteractionRouteOptions = {
  readonly context: QueryContext;
  readonly cursors: Cursors;
  readonly changes: Changes;
};

const read = { kind: 'site', action: 'interaction.read' } as const;
const readBin = { kind: 'site', action: 'interaction.readBin' } as const;
const noSuchRecord = refusal('RESOURCE_NOT_FOUND', 'There is no such interaction');

export const interactionRoutes: FastifyPluginAsyncZod<InteractionRouteOptions> = async (app, options) => {
  const { context, cursors, changes } = options;
  const list = answerList(context, cursors);
  const bin = answerBin(context, cursors);

  app.get(
    '/',
    {
      config: { access: read },
      schema: {
        tags: ['Interactions'],
        summary: 'One page of the interactions of a site, searched, filtered and sorted',
        querystring: ListInteractionsQuery,
        response: { 200: InteractionList },
      },
    },
    async (request, reply) => answer(reply, await list(request, reply)),
  );

  app.get(
    '/count',
    {
      config: { access: read },
      schema: {
        tags: ['Interactions'],
        summary: 'How many interactions a search and filters leave',
        querystring: CountInteractionsQuery,
        response: { 200: InteractionCount },
      },
    },
    async (request, reply) => {
      const site = siteOf(request);
      const filters = readFilters(request.query, site.settings.defaultTimezone);
      if (isRefusal(filters)) return sendRefusal(reply, filters);
      const counted = { filters, seesNotes: seesNotes(site) };
      const query = { ...counted, total: request.query.total };
      const call = { request, siteId: site.id, projections: ['interactions'], name: 'count', query } as const;
      const count = await readPage(context, call, (snapshot) => countInteractions(snapshot, counted, query.total));
      return answer(reply, count);
    },
  );

  app.get(
    '/bin',
    {
      config: { access: readBin },
      schema: {
        tags: ['Interactions'],
        summary: 'One page of the deleted interactions of a site, last deleted first',
        querystring: ListBinQuery,
        response: { 200: BinList },
      },
    },
    async (request, reply) => answer(reply, await bin(request)),
  );

  app.get(
    '/types',
    {
      config: { access: read },
      schema: {
        tags: ['Interactions'],
        summary: 'The interaction types of a site, most used first',
        response: { 200: InteractionTypes },
      },
    },
    async (request, reply) => {
      const projections = ['access', 'statistics'] as const;
      const call = { request, siteId: siteOf(request).id, projections, name: 'types', query: null };
      const types = await readLookup(context, call, readInteractionTypes);
      return answer(reply, isRefusal(types) ? types : { types });
    },
  );

  app.get(
    '/leads',
    {
      config: { access: read },
      schema: {
        tags: ['Interactions'],
        summary: 'Leads that begin with a text, most used first',
        querystring: SuggestionQuery,
        response: { 200: LeadSuggestions },
      },
    },
    async (request, reply) => {
      const { prefix } = request.query;
      const projections = ['suggestions'] as const;
      const call = { request, siteId: siteOf(request).id, projections, name: 'leads', query: foldText(prefix) };
      const leads = await readLookup(context, call, (snapshot) => readSuggestions(snapshot, 'lead', prefix));
      return answer(reply, isRefusal(leads) ? leads : { leads });
    },
  );

  app.get(
    '/locations',
    {
      config: { access: read },
      schema: {
        tags: ['Interactions'],
        summary: 'Locations that begin with a text, most used first',
        querystring: SuggestionQuery,
        response: { 200: LocationSuggestions },
      },
    },
    async (request, reply) => {
      const { prefix } = request.query;
      const projections = ['suggestions'] as const;
      const call = { request, siteId: siteOf(request).id, projections, name: 'locations', query: foldText(prefix) };
      const locations = await readLookup(context, call, (snapshot) => readSuggestions(snapshot, 'location', prefix));
      return answer(reply, isRefusal(locations) ? locations : { locations });
    },
  );

  app.get(
    '/changes',
    {
      config: { access: read },
      schema: {
        tags: ['Interactions'],
        summary: 'What happens to the interactions of a site, as it happens (text/event-stream)',
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => answer(reply, await changes.answer(request, reply)),
  );

  app.get(
    '/:id',
    {
      config: { access: read },
      schema: {
        tags: ['Interactions'],
        summary: 'One interaction',
        params: InteractionParams,
        response: { 200: InteractionAnswer },
      },
    },
    async (request, reply) => {
      const site = siteOf(request);
      const call = { request, siteId: site.id, projections: ['interactions'] as const };
      const row = await readSite(
        context,
        call,
        async (snapshot) => (await readInteraction(snapshot, request.params.id)) ?? noSuchRecord,
      );
      if (isRefusal(row)) return sendRefusal(reply, row);
      reply.header('etag', formatEtag(row.revision));
      const reference = await referencesTo(context.names, peopleIn([row]));
      return { interaction: toInteraction(row, reference, seesNotes(site)) };
    },
  );
};
