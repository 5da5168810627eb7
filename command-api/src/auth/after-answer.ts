import type { FastifyBaseLogger } from 'fastify';

/** Work that begins when the answer is on its way, so that its time tells nothing. */
export type AfterAnswer = {
  /** Begins it; an accident is logged. Beyond `most` at once it is left undone and logged. */
  begin(operation: string, logger: FastifyBaseLogger, work: () => Promise<void>): void;
  /** Resolves when nothing is under way. */
  whenDone(): Promise<void>;
};

export const createAfterAnswer = ({ most = 50 } = {}): AfterAnswer => {
  const underWay = new Set<Promise<void>>();
  return {
    begin: (operation, logger, work) => {
      if (underWay.size >= most) {
        logger.error({ operation }, 'Too much is under way: left undone');
        return;
      }
      const running = work()
        .catch((error: unknown) => logger.error({ err: error, operation }, 'Failed after the answer'))
        .finally(() => underWay.delete(running));
      underWay.add(running);
    },
    whenDone: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
};
