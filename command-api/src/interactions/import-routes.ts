import { setMaxListeners } from 'node:events';
import { isRefusal, type Refusal, refusal } from '@ims/contracts/error-codes';
import { interactionStream } from '@ims/contracts/ids';
import { CreateInteractionBody, ImportBody, type ImportResult, ImportResults } from '@ims/contracts/interactions/api';
import { SiteScopeQuery } from '@ims/contracts/site-scope';
import { newRecordId } from '@ims/platform/event-log/derived-ids';
import { importBodyLimit } from '@ims/platform/http/build-server';
import { callerOf, siteOf } from '@ims/platform/http/route-access';
import { issueDetails } from '@ims/platform/http/validation-details';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { CommandContexts } from '../command-handling/command-context.ts';
import type { CommandReplies } from '../command-handling/command-replies.ts';
import type { Accepted, HandleCommand } from '../command-handling/handle-command.ts';
import { createInteraction } from './decide.ts';
import { type Interaction, interactionEvolution } from './interaction.ts';

type Row = { readonly key: string } & Readonly<Record<string, unknown>>;
type RowOutcome = { readonly result: ImportResult; readonly accepted?: Accepted<Interaction> };

const requestDeadlineMs = 30_000;
/** As many rows at once as one flush of the log's group commit takes. */
const rowsAtOnce = 50;

export const importRoutes: FastifyPluginAsyncZod<{
  readonly contexts: CommandContexts;
  readonly handle: HandleCommand;
  readonly replies: CommandReplies;
  readonly tzData: string;
}> = async (app, { contexts, handle, replies, tzData }) => {
  const importRow = async (request: FastifyRequest, row: Row, signal: AbortSignal): Promise<RowOutcome> => {
    const { key, ...given } = row;
    const parsed = CreateInteractionBody.safeParse(given);
    if (!parsed.success) return refused(key, invalidRow(parsed.error.issues));
    const site = siteOf(request);
    const { status = 'complete', ...fields } = parsed.data;
    const command = contexts.identify(callerOf(request).userId, key, ['import', site.id, parsed.data]);
    const id = newRecordId(command.commandId, 'interaction');
    const outcome = await handle(
      {
        stream: interactionStream(id),
        isNew: true,
        evolution: interactionEvolution,
        decide: (state) =>
          createInteraction(state, { fields, status, interactionTypes: site.interactionTypes, tzData }),
      },
      { ...command, siteId: site.id, correlationId: request.id, signal },
    );
    if (isRefusal(outcome)) return refused(key, outcome);
    return { result: { key, outcome: outcome.repeated ? 'repeated' : 'created', id }, accepted: outcome };
  };

  app.post(
    '/import',
    {
      bodyLimit: importBodyLimit,
      config: { access: { kind: 'site', action: 'interaction.create' } },
      schema: {
        tags: ['Interactions'],
        summary: 'Record up to 500 interactions, each by a command of its own',
        querystring: SiteScopeQuery,
        body: ImportBody,
        response: { 200: ImportResults },
      },
    },
    async (request, reply) => {
      const signal = AbortSignal.timeout(requestDeadlineMs);
      // Every row under way listens to it; Node would take so many for a leak.
      setMaxListeners(rowsAtOnce, signal);
      const outcomes: RowOutcome[] = [];
      const rows = request.body.rows as readonly Row[];
      for (let at = 0; at < rows.length; at += rowsAtOnce) {
        const together = rows.slice(at, at + rowsAtOnce).map((row) => importRow(request, row, signal));
        outcomes.push(...(await Promise.all(together)));
      }
      const newest = newestOf(outcomes);
      if (newest) await replies.markPosition(reply, newest.position);
      return reply.send({ results: outcomes.map(({ result }) => result) });
    },
  );
};

const refused = (key: string, { code, message, details }: Refusal): RowOutcome => ({
  result: { key, outcome: 'refused', error: { code, message, details: [...details] } },
});

const mostDetails = 50;

const invalidRow = (issues: readonly Parameters<typeof issueDetails>[0][]): Refusal => {
  const details = issues.flatMap((issue) => issueDetails(issue, 'body')).slice(0, mostDetails);
  return refusal('VALIDATION_ERROR', details[0]?.message ?? 'The row is not valid', details);
};

const newestOf = (outcomes: readonly RowOutcome[]): Accepted<Interaction> | undefined =>
  outcomes
    .flatMap(({ accepted }) => (accepted ? [accepted] : []))
    .reduce<Accepted<Interaction> | undefined>(
      (newest, accepted) => (newest && newest.position > accepted.position ? newest : accepted),
      undefined,
    );
