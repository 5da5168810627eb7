import type { HttpConnection } from './http-connection.ts';

export type Load = {
  readonly connections: readonly HttpConnection[];
  /** The text of the n-th request. */
  readonly request: (number: number) => string;
  readonly milliseconds: number;
};

export type LoadResult = { readonly perSecond: number; readonly medianMs: number };

/** Every connection asks again as soon as it has its answer. An answer that is no success ends the bench. */
export const runLoad = async ({ connections, request, milliseconds }: Load): Promise<LoadResult> => {
  const latencies: number[] = [];
  const begun = performance.now();
  const end = begun + milliseconds;
  let number = 0;
  const ask = async (connection: HttpConnection): Promise<void> => {
    for (let sent = performance.now(); sent < end; sent = performance.now()) {
      const text = request(number);
      number += 1;
      const { status, body } = await connection.exchange(text);
      if (status < 200 || status > 299) {
        throw new Error(`${text.split('\r\n', 1)[0]} was answered ${status}: ${body.slice(0, 300)}`);
      }
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(connections.map(ask));
  const seconds = (performance.now() - begun) / 1_000;
  return { perSecond: latencies.length / seconds, medianMs: median(latencies) };
};

export const median = (figures: readonly number[]): number => {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};
