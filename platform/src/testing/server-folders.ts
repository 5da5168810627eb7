import { mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'ims-engine-';
const processFile = 'server.pid';

/** A folder for a server of this process. Whatever a process that was killed could not tidy up goes first. */
export const makeServerFolder = async (): Promise<string> => {
  const names = await readdir(tmpdir());
  await Promise.all(names.filter(isLeftBehind).map((name) => endAndRemove(join(tmpdir(), name))));
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
};

/** For whoever tidies up after a kill: the process group that works in this folder. */
export const noteServer = (folder: string, pid: number): Promise<void> =>
  writeFile(join(folder, processFile), String(pid));

const isLeftBehind = (name: string): boolean => {
  const owner = /^ims-engine-(\d+)-/.exec(name)?.[1];
  return owner !== undefined && !isAlive(Number(owner));
};

const endAndRemove = async (folder: string): Promise<void> => {
  const pid = Number(await readFile(join(folder, processFile), 'utf8').catch(() => ''));
  if (pid > 0 && (await worksIn(folder, pid))) signalGroup(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
};

/** A process number may have been given to another program since. Says no where there is no /proc to ask. */
const worksIn = async (folder: string, pid: number): Promise<boolean> => {
  const works = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return works !== undefined && works === (await realpath(folder));
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended in between.
  }
};
