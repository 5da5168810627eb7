import { z } from 'zod';
import { untilDone, type Waiting } from './waiting.ts';

const Report = z.object({ status: z.string(), details: z.record(z.string(), z.unknown()) });
const Part = z.object({ status: z.string(), processes: z.array(z.string()).default([]) });
type Part = z.infer<typeof Part>;

/** What starts is often degraded for a moment; what still is after that stays so until somebody mends it. */
const settleMs = 3_000;
const askTimeoutMs = 10_000;

/**
 * Resolves when every process behind the gateway works: with nothing when all is well, with the names of the parts that
 * are degraded when that does not pass.
 */
export const untilUp = async (
  address: string,
  waiting: Waiting & { readonly settleMs?: number },
): Promise<readonly string[]> => {
  let degradedSince: number | undefined;
  return untilDone(async () => {
    const parts = await ask(address);
    if (!parts) return { missing: 'the gateway' };
    const bad = [...parts].filter(([, { status }]) => status !== 'UP');
    const away = [...parts].filter(([, { status, processes }]) => status === 'DOWN' || processes.includes('DOWN'));
    if (bad.length === 0) return { done: [] };
    const words = (some: typeof bad): string => some.map(inWords).join(', ');
    degradedSince = away.length > 0 ? undefined : (degradedSince ?? performance.now());
    if (degradedSince === undefined) return { missing: words(away) };
    const isSettled = performance.now() - degradedSince >= (waiting.settleMs ?? settleMs);
    return isSettled ? { done: bad.map(([name]) => name) } : { missing: words(bad) };
  }, waiting);
};

const inWords = ([name, { status, processes }]: readonly [string, Part]): string =>
  `${name} (${processes.length > 0 ? processes.join(', ') : status})`;

/** Parts are told by a word, services with the word of each of their processes. */
const ask = async (address: string): Promise<ReadonlyMap<string, Part> | undefined> => {
  try {
    const answer = await fetch(`${address}/api/v1/health`, { signal: AbortSignal.timeout(askTimeoutMs) });
    const { status, details } = Report.parse(await answer.json());
    const parts = Object.entries(details).flatMap(([name, detail]): readonly (readonly [string, Part])[] => {
      const part = Part.safeParse(typeof detail === 'string' ? { status: detail } : detail);
      return part.success ? [[name, part.data]] : [];
    });
    return new Map(parts.length > 0 ? parts : [['the gateway', { status, processes: [] }]]);
  } catch {
    return undefined;
  }
};
