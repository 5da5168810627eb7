import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system user as whom PostgreSQL runs; nothing when that is the user of this process. */
export type PostgresUser = { readonly uid: number; readonly gid: number } | undefined;

/** PostgreSQL refuses to run as root: root lends it the user `postgres`, creating that user when there is none. */
export const findPostgresUser = async (): Promise<PostgresUser> => {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await idsOf('postgres');
  if (existing) return existing;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (cause) {
    const sentence =
      'PostgreSQL does not run as root and the user "postgres" could not be created: start IMS as another user.';
    throw new Error(sentence, { cause });
  }
  return idsOf('postgres');
};

const idsOf = async (name: string): Promise<PostgresUser> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
};

/** How to call a program as that user: the command to start and the ids to start it with. */
export type CallAs = {
  readonly command: (program: string, args: readonly string[]) => readonly [string, string[]];
  readonly ids: { readonly uid?: number; readonly gid?: number };
};

/**
 * Where root works in a folder that others may not enter (such as /root), the user `postgres` could reach neither
 * its programs nor its data: it is then started with the one capability to pass folders, and nothing else of root.
 */
export const callAs = async (user: PostgresUser, paths: readonly string[]): Promise<CallAs> => {
  const plain = (program: string, args: readonly string[]): readonly [string, string[]] => [program, [...args]];
  if (!user) return { command: plain, ids: {} };
  const reachable = await Promise.all(paths.map((path) => canReach(user, path)));
  if (reachable.every(Boolean)) return { command: plain, ids: user };
  const lent = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  const as = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups', ...lent];
  return { command: (program, args) => ['setpriv', [...as, program, ...args]], ids: {} };
};

const canReach = async (user: { uid: number; gid: number }, path: string): Promise<boolean> => {
  const folder = dirname(path);
  const { uid, gid, mode } = await stat(folder);
  const enterable =
    uid === user.uid ? (mode & 0o100) !== 0 : gid === user.gid ? (mode & 0o010) !== 0 : (mode & 0o001) !== 0;
  if (!enterable) return false;
  return folder === dirname(folder) || canReach(user, folder);
};
