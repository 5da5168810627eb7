import { refusal } from '@ims/contracts/error-codes';
import { Uuid } from '@ims/contracts/ids';
import {
  DeadLetterList,
  OperationRequestAnswer,
  OperationRequestList,
  ProjectionList,
} from '@ims/contracts/operations/api';
import { sendRefusal } from '@ims/platform/http/errors';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SharedTables } from '../site-scope.ts';
import { readProjections, type StatusLog } from './projection-status.ts';
import { readDeadLetters } from './read-dead-letters.ts';
import { readRequest, readRequests } from './read-requests.ts';

export type OperationRouteOptions = { readonly shared: SharedTables; readonly log: StatusLog };

const config = { access: { kind: 'system', action: 'operations.manage' } } as const;
const tags = ['Operations'];
const noSuchRequest = refusal('RESOURCE_NOT_FOUND', 'There is no such request');

/** What operators look at. Nothing here waits for a consistency token: it shows how far things are, whatever that is. */
export const operationRoutes: FastifyPluginAsyncZod<OperationRouteOptions> = async (app, { shared, log }) => {
  app.get(
    '/projections',
    {
      config,
      schema: {
        tags,
        summary: 'Every projection: the versions of its tables, how far they are and what they wait for',
        response: { 200: ProjectionList },
      },
    },
    () => readProjections(shared, log),
  );

  app.get(
    '/dead-letters',
    {
      config,
      schema: { tags, summary: 'Events that could not be projected, oldest first', response: { 200: DeadLetterList } },
    },
    async () => ({ deadLetters: (await shared.read(readDeadLetters)).value }),
  );

  app.get(
    '/requests',
    {
      config,
      schema: {
        tags,
        summary: 'What operators asked for lately, newest first',
        response: { 200: OperationRequestList },
      },
    },
    async () => ({ requests: (await shared.read(readRequests)).value }),
  );

  app.get(
    '/requests/:id',
    {
      config,
      schema: {
        tags,
        summary: 'What became of a request',
        params: z.object({ id: Uuid }),
        response: { 200: OperationRequestAnswer },
      },
    },
    async (request, reply) => {
      const { value } = await shared.read((snapshot) => readRequest(snapshot, request.params.id));
      return value ? { request: value } : sendRefusal(reply, noSuchRequest);
    },
  );
};
