import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Cluster } from './cluster.ts';

/** Runs one of the cluster's programs to its end; throws an Error with its last words when it fails. */
export const runProgram = async (cluster: Cluster, program: string, args: readonly string[]): Promise<void> => {
  const [command, commandArgs] = cluster.as.command(program, args);
  const child = spawn(command, commandArgs, {
    ...cluster.as.ids,
    cwd: tmpdir(),
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(words.trim() || `${program} ended with code ${code}`);
};
