import { isRefusal, refusal } from '@ims/contracts/error-codes';
import {
  DeadLetterParams,
  OperationAccepted,
  ProjectionOperationBody,
  ProjectionParams,
  projectionOperations,
} from '@ims/contracts/operations/api';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { callerOf } from '@ims/platform/http/route-access';
import { projectionOfDeadLetter } from '@ims/platform/operations/books';
import { type AskedOperation, requestOperation } from '@ims/platform/operations/request-operation';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';

export type OperationRouteOptions = {
  readonly contexts: CommandContexts;
  readonly replies: CommandReplies;
  readonly log: EventLog;
  readonly pool: pg.Pool;
};

const access = { kind: 'system', action: 'operations.manage' } as const;

const summaries: Readonly<Record<(typeof projectionOperations)[number], string>> = {
  rebuild: 'Fill the next version of a projection from the log, verify it and switch readers to it',
  pause: 'Stop projecting, or a rebuild, until it is resumed',
  resume: 'Go on with what was paused or has stopped',
  switch: 'Let readers use another version, on all sites or one',
  rollback: 'Let readers use the version they used before',
  verify: 'Compare the rows with a fresh fold of the log',
  drop: 'Remove a version that nobody reads',
};

/** What operators ask of the projector: each call records the request and answers before it is carried out. */
export const operationRoutes: FastifyPluginAsyncZod<OperationRouteOptions> = async (app, options) => {
  const { contexts, replies, log, pool } = options;

  const ask = async (request: FastifyRequest, reply: FastifyReply, asked: AskedOperation) => {
    const context = contexts.ofRequest(request, asked.siteId);
    if (isRefusal(context)) return replies.refuse(reply, context);
    const requested = await requestOperation({ log, pool }, asked, { ...context, userId: callerOf(request).userId });
    if (isRefusal(requested)) return replies.refuse(reply, requested);
    await replies.markPosition(reply, requested.position);
    reply.code(202).header('location', `/api/v1/operations/requests/${requested.request.id}`);
    return reply.send({ success: true, request: requested.request });
  };

  for (const operation of projectionOperations) {
    app.post(
      `/projections/:name/${operation}`,
      {
        config: { access },
        schema: {
          tags: ['Operations'],
          summary: summaries[operation],
          params: ProjectionParams,
          body: ProjectionOperationBody.nullish(),
          response: { 202: OperationAccepted },
        },
      },
      (request, reply) => ask(request, reply, { operation, projection: request.params.name, ...request.body }),
    );
  }

  for (const [verb, operation, summary] of [
    ['retry', 'retry-dead-letter', 'Try to project the event again, and those that wait behind it'],
    ['skip', 'skip-dead-letter', 'Leave the event out for good and go on with those behind it'],
  ] as const) {
    app.post(
      `/dead-letters/:id/${verb}`,
      {
        config: { access },
        schema: { tags: ['Operations'], summary, params: DeadLetterParams, response: { 202: OperationAccepted } },
      },
      async (request, reply) => {
        const deadLetterId = request.params.id;
        const projection = await projectionOfDeadLetter(pool, deadLetterId);
        if (!projection) {
          return replies.refuse(reply, refusal('RESOURCE_NOT_FOUND', 'There is no such dead letter'));
        }
        return ask(request, reply, { operation, projection, deadLetterId });
      },
    );
  }
};
