import type { Auth } from '@ims/command-api/auth/auth';
import type { Commands } from '@ims/command-api/commands';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { demoPassword, demoPeople } from '../demo/demo-organization.ts';
import { demoIsMissing, seedDemo } from '../demo/seed-demo.ts';
import { createFirstAdministrator, firstAdministratorFrom, needsAdministrator } from './first-administrator.ts';
import type { Progress } from './progress.ts';

export type PeopleSource = {
  readonly log: EventLog;
  readonly auth: Auth;
  readonly commands: Commands;
  /** Whether the demonstration's people are wanted. */
  readonly demo: boolean;
  readonly tzData: string;
};

/** Creates whoever must be there before anybody can sign in: the demonstration, or the first administrator. */
export const createPeople = async (
  { log, auth, commands, demo, tzData }: PeopleSource,
  progress: Progress,
): Promise<void> => {
  if (demo && (await demoIsMissing(log))) {
    const today = new Date().toISOString().slice(0, 10);
    const advance = (done: number, total: number) => progress.advance('Demonstration', done, total);
    await progress.step('Demonstration created', () => seedDemo(commands, { today, tzData, advance }));
  }
  const administrator = firstAdministratorFrom(process.env);
  if (demo || !(await needsAdministrator(log))) return;
  if (administrator) await createFirstAdministrator({ auth, commands }, administrator);
  else {
    progress.say('Nobody can sign in yet: `npm run admin -- create` makes the first administrator, or name them by');
    progress.say('IMS_ADMIN_USERNAME, IMS_ADMIN_EMAIL and IMS_ADMIN_PASSWORD.');
  }
};

/** The last words of a start. */
export const announce = (
  { host, port, demo }: { readonly host: string; readonly port: number; readonly demo: boolean },
  progress: Progress,
): void => {
  const name = host === '127.0.0.1' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  progress.say(`\nIMS is ready at http://${name}:${port}`);
  if (!demo) return;
  progress.say(`Demonstration: sign in as ${demoPeople.map(({ username }) => username).join(', ')}`);
  progress.say(`with the password ${demoPassword}\n`);
};
