import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Comparison } from '../comparison.ts';
import { copyAndIndex } from '../floor/copy-rows.ts';
import type { RebuildConfig, RebuildFigures } from '../product/rebuild-process.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
const seconds = (ms = 0): string => `${(ms / 1_000).toFixed(1)} s`;

/** Each round builds another version from the whole log, then loads the same rows without any log. */
export const measureRebuild = async (
  config: RebuildConfig,
  owner: pg.Pool,
  { rounds, say }: { readonly rounds: number; readonly say: (text: string) => void },
): Promise<Comparison[]> => {
  const built: number[] = [];
  const used: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const figures = await rebuildOnce(config);
    const { ms, rows } = await copyAndIndex(owner, figures.version);
    built.push(figures.builtMs);
    used.push(figures.usedMs);
    floor.push(ms);
    const { filling, indexing, verifying } = figures.steps;
    say(
      `  ${rows.toLocaleString('en')} rows: filled in ${seconds(filling)}, moved and indexed in ${seconds(indexing)}, ` +
        `verified in ${seconds(verifying)}; COPY and index ${seconds(ms)}; memory ${megabytes(figures.peakRss)} at most`,
    );
  }
  const what = 'Rebuild, Finder rows';
  const against = 'COPY of the rows and index build';
  return [
    { what, against, unit: 'ms', floor, product: built, goal: { at: 'most', times: 2 } },
    { what: `${what}, verified and switched`, against, unit: 'ms', floor, product: used },
  ];
};

const rebuildOnce = async (config: RebuildConfig): Promise<RebuildFigures> => {
  const file = new URL('../product/rebuild-process.ts', import.meta.url);
  const child = fork(fileURLToPath(file), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(config);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The rebuild's process ended with code ${code}.`);
  });
  ended.catch(() => undefined);
  const [figures] = (await Promise.race([once(child, 'message'), ended])) as [RebuildFigures];
  await ended.catch(() => undefined);
  return figures;
};
