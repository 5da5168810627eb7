import type { Refusal } from '@ims/contracts/error-codes';
import { headers } from '@ims/contracts/site-scope';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { formatConsistencyToken } from '@ims/platform/http/consistency-token';
import { sendRefusal } from '@ims/platform/http/errors';
import { formatEtag } from '@ims/platform/http/etag';
import { type DisplayNames, unknownPerson } from '@ims/platform/identity/display-names';
import type { FastifyReply } from 'fastify';
import type { Accepted } from './handle-command.ts';

export type CommandReplies = {
  /** Marks the answer with where the command stands in its stream and in the log. */
  mark(reply: FastifyReply, accepted: Accepted<unknown>): Promise<void>;
  /** Marks the answer with a place in the log alone: for answers about more than one stream. */
  markPosition(reply: FastifyReply, position: bigint): Promise<void>;
  refuse(reply: FastifyReply, refusal: Refusal): Promise<FastifyReply>;
};

export const createCommandReplies = ({ log, names }: { log: EventLog; names: DisplayNames }): CommandReplies => {
  // The epoch changes only while the log is restored, and no service runs then.
  let epoch: number | undefined;
  const markPosition: CommandReplies['markPosition'] = async (reply, position) => {
    if (position === 0n) return;
    epoch ??= await log.epoch();
    reply.header(headers.consistencyToken, formatConsistencyToken({ epoch, position }));
  };
  return {
    markPosition,
    mark: async (reply, { revision, position }) => {
      await markPosition(reply, position);
      reply.header('etag', formatEtag(revision));
    },
    refuse: async (reply, refused) => sendRefusal(reply, await withName(refused, names)),
  };
};

const withName = async (refused: Refusal, names: DisplayNames): Promise<Refusal> => {
  const { current } = refused;
  if (!current) return refused;
  const known = await names.read([current.updatedBy]);
  return { ...refused, current: { ...current, updatedBy: known.get(current.updatedBy) ?? unknownPerson } };
};
