import { readFile } from 'node:fs/promises';
import { readProcessFile } from './orphan.ts';

/**
 * Address (superuser, the given database) of the embedded server that works in this folder now, for a program beside
 * the one that started it. Nothing when none runs there or none accepts connections; whether the address still
 * answers is for the caller to find out.
 */
export const runningServerUrl = async (dataDirectory: string, database: string): Promise<string | undefined> => {
  const found = await readProcessFile({ dataDirectory });
  const password = await readFile(`${dataDirectory}.password`, 'utf8').catch(() => undefined);
  if (!found?.ready || !password) return undefined;
  return `postgres://postgres:${encodeURIComponent(password.trim())}@127.0.0.1:${found.port}/${database}`;
};
