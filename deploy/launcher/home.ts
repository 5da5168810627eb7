import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StartProblem } from './start-problem.ts';

/** The folder of everything that a start keeps, made and writable; absolute. */
export const makeHome = async (folder: string): Promise<string> => {
  const home = resolve(folder);
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK);
    return home;
  } catch (cause) {
    throw new StartProblem(`The folder ${home} cannot be made or written to: choose another one with IMS_HOME.`, {
      cause,
    });
  }
};
