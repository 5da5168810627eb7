import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { runProgram } from './run-program.ts';

/**
 * Makes the cluster unless it exists. It is made in a folder beside and renamed when complete, so that a start
 * killed half-way leaves nothing that looks like a cluster.
 */
export const initializeCluster = async (cluster: Cluster): Promise<void> => {
  if (await exists(join(cluster.dataDirectory, 'PG_VERSION'))) return;
  const unfinished = `${cluster.dataDirectory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  try {
    await mkdir(unfinished, { mode: 0o700 });
    if (cluster.user) await chown(unfinished, cluster.user.uid, cluster.user.gid);
    await callInitdb(cluster, unfinished);
    await rename(unfinished, cluster.dataDirectory);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause);
    throw new Error(`The database folder ${cluster.dataDirectory} cannot be made: ${reason}`, { cause });
  }
};

const callInitdb = async (cluster: Cluster, directory: string): Promise<void> => {
  const passwordFile = `${directory}.${randomBytes(6).toString('hex')}`;
  await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  try {
    if (cluster.user) await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    await runProgram(cluster, cluster.binaries.initdb, [
      `--pgdata=${directory}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
};

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
