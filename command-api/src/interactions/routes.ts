import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { interactionStream } from '@ims/contracts/ids';
import {
  ChangeStatusBody,
  CreateInteractionBody,
  InteractionParams,
  InteractionSaved,
  PatchInteractionBody,
  ReplaceInteractionBody,
  Success,
} from '@ims/contracts/interactions/api';
import type { InteractionEvent } from '@ims/contracts/interactions/events';
import type { SomeInteractionFields } from '@ims/contracts/interactions/fields';
import { SiteScopeQuery } from '@ims/contracts/site-scope';
import { mayDelete } from '@ims/contracts/sites/settings';
import { newRecordId } from '@ims/platform/event-log/derived-ids';
import { siteOf } from '@ims/platform/http/route-access';
import type { DisplayNames } from '@ims/platform/identity/display-names';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { Decision } from '../command-handling/decider.ts';
import type { CommandContext, HandleCommand } from '../command-handling/handle-command.ts';
import { toAnswer } from './answer.ts';
import {
  changeStatus,
  createInteraction,
  deleteInteraction,
  replaceInteraction,
  restoreInteraction,
  updateInteraction,
} from './decide.ts';
import { type Interaction, interactionEvolution } from './interaction.ts';
import type { InteractionWarnings } from './warnings.ts';

export type InteractionRouteOptions = {
  readonly contexts: CommandContexts;
  readonly handle: HandleCommand;
  readonly replies: CommandReplies;
  readonly names: DisplayNames;
  readonly warnings: InteractionWarnings;
  readonly tzData: string;
};

type Save = {
  readonly id: string;
  readonly context?: CommandContext | Refusal;
  readonly isNew?: boolean;
  /** The fields that were typed, for the warnings about them. */
  readonly fields?: SomeInteractionFields;
  readonly decide: (interaction: Interaction) => Decision<InteractionEvent>;
};

const mayNotDelete = refusal('AUTHORIZATION_ERROR', 'You may not do this');

export const interactionRoutes: FastifyPluginAsyncZod<InteractionRouteOptions> = async (app, options) => {
  const { contexts, handle, replies, names, warnings, tzData } = options;

  const surroundings = (request: FastifyRequest) => ({
    interactionTypes: siteOf(request).interactionTypes,
    tzData,
  });

  const carryOut = async (request: FastifyRequest, { id, isNew = false, decide, ...given }: Omit<Save, 'fields'>) => {
    const context = given.context ?? contexts.ofRequest(request, siteOf(request).id);
    if (isRefusal(context)) return context;
    return handle({ stream: interactionStream(id), isNew, evolution: interactionEvolution, decide }, context);
  };

  const save = async (request: FastifyRequest, reply: FastifyReply, { fields, ...command }: Save) => {
    const outcome = await carryOut(request, command);
    if (isRefusal(outcome)) return replies.refuse(reply, outcome);
    const [interaction, found] = await Promise.all([
      toAnswer(command.id, outcome, names),
      fields ? warnings.of(command.id, outcome.state, fields) : [],
    ]);
    if (!interaction) return replies.refuse(reply, refusal('RESOURCE_NOT_FOUND', 'This interaction was purged'));
    await replies.mark(reply, outcome);
    if (command.isNew) reply.code(201).header('location', `/api/v1/interactions/${command.id}`);
    return reply.send({ success: true, interaction, warnings: found });
  };

  app.post(
    '/',
    {
      config: { access: { kind: 'site', action: 'interaction.create' } },
      schema: {
        tags: ['Interactions'],
        summary: 'Record an interaction, complete or as a draft',
        querystring: SiteScopeQuery,
        body: CreateInteractionBody,
        response: { 201: InteractionSaved },
      },
    },
    async (request, reply) => {
      const context = contexts.ofRequest(request, siteOf(request).id);
      if (isRefusal(context)) return replies.refuse(reply, context);
      const { status = 'complete', ...fields } = request.body;
      return save(request, reply, {
        id: newRecordId(context.commandId, 'interaction'),
        context,
        isNew: true,
        fields,
        decide: (state) => createInteraction(state, { fields, status, ...surroundings(request) }),
      });
    },
  );

  app.put(
    '/:id',
    {
      config: { access: { kind: 'site', action: 'interaction.edit' } },
      schema: {
        tags: ['Interactions'],
        summary: 'Give every field of an interaction a value; submits a draft',
        querystring: SiteScopeQuery,
        params: InteractionParams,
        body: ReplaceInteractionBody,
        response: { 200: InteractionSaved },
      },
    },
    (request, reply) => {
      const { body: fields } = request;
      const decide = (state: Interaction) => replaceInteraction(state, { fields, ...surroundings(request) });
      return save(request, reply, { id: request.params.id, fields, decide });
    },
  );

  app.patch(
    '/:id',
    {
      config: { access: { kind: 'site', action: 'interaction.edit' } },
      schema: {
        tags: ['Interactions'],
        summary: 'Change some fields of an interaction',
        querystring: SiteScopeQuery,
        params: InteractionParams,
        body: PatchInteractionBody,
        response: { 200: InteractionSaved },
      },
    },
    (request, reply) => {
      const { body: fields } = request;
      const decide = (state: Interaction) => updateInteraction(state, { fields, ...surroundings(request) });
      return save(request, reply, { id: request.params.id, fields, decide });
    },
  );

  app.post(
    '/:id/status',
    {
      config: { access: { kind: 'site', action: 'interaction.changeStatus' } },
      schema: {
        tags: ['Interactions'],
        summary: 'Move an interaction along its lifecycle',
        querystring: SiteScopeQuery,
        params: InteractionParams,
        body: ChangeStatusBody,
        response: { 200: InteractionSaved },
      },
    },
    (request, reply) =>
      save(request, reply, { id: request.params.id, decide: (state) => changeStatus(state, request.body) }),
  );

  app.post(
    '/:id/restore',
    {
      config: { access: { kind: 'site', action: 'interaction.restore' } },
      schema: {
        tags: ['Interactions'],
        summary: 'Bring an interaction back from the bin',
        querystring: SiteScopeQuery,
        params: InteractionParams,
        response: { 200: InteractionSaved },
      },
    },
    async (request, reply) => {
      if (!mayDelete(siteOf(request))) return replies.refuse(reply, mayNotDelete);
      return save(request, reply, { id: request.params.id, decide: restoreInteraction });
    },
  );

  app.delete(
    '/:id',
    {
      config: { access: { kind: 'site', action: 'interaction.delete' } },
      schema: {
        tags: ['Interactions'],
        summary: 'Move an interaction to the bin',
        querystring: SiteScopeQuery,
        params: InteractionParams,
        response: { 200: Success },
      },
    },
    async (request, reply) => {
      if (!mayDelete(siteOf(request))) return replies.refuse(reply, mayNotDelete);
      const outcome = await carryOut(request, { id: request.params.id, decide: deleteInteraction });
      if (isRefusal(outcome)) return replies.refuse(reply, outcome);
      await replies.mark(reply, outcome);
      return reply.send({ success: true });
    },
  );
};
