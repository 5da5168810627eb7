import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const web = join(root, 'web');
const stampFile = join(web, 'dist', '.sources');

/** Everything the built web app depends on. */
const sources = ['web/src', 'web/index.html', 'web/vite.config.ts', 'contracts/src', 'package-lock.json'];

/** True when there is no build, or it was made from other sources than those that stand here now. */
export const webBuildIsStale = async (): Promise<boolean> => {
  const stamp = await readFile(stampFile, 'utf8').catch(() => '');
  return stamp !== (await hashOfSources());
};

/** Builds the web app into `web/dist`. Vite is loaded only here: a start with a fresh build does without it. */
export const buildWeb = async (): Promise<void> => {
  const stamp = await hashOfSources();
  const { build } = await import('vite');
  await build({ root: web, logLevel: 'error' });
  await writeFile(stampFile, stamp);
};

export const webDist = join(web, 'dist');

const hashOfSources = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of (await Promise.all(sources.map((source) => filesOf(join(root, source))))).flat().sort()) {
    hash.update(file.slice(root.length)).update(await readFile(file));
  }
  return hash.digest('hex');
};

const filesOf = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};
