import { randomUUID } from 'node:crypto';
import { nameKey } from '@ims/command-api/command-handling/reservations';
import { unstorableText } from '@ims/contracts/text';
import { createAdministrator, founder } from '../launcher/first-administrator.ts';
import { StartProblem } from '../launcher/start-problem.ts';
import type { AdminCommand } from './arguments.ts';
import type { NewPassword } from './ask-password.ts';
import type { Admin } from './open-admin.ts';

/** As whom the log has what an operator does at the machine. */
const operator = () => ({ actorId: founder, correlationId: `admin-${randomUUID()}` });

type Create = Extract<AdminCommand, { kind: 'create' }>;

/** Answers what to tell the operator. Throws a StartProblem for what can be mended. */
export const createByOperator = async (
  admin: Admin,
  { username, email, displayName }: Create,
  password: NewPassword | undefined,
): Promise<string> => {
  const userId = await createAdministrator(admin, { username, email, displayName, password });
  if (password) {
    const after = password.mustChange ? '; the password has to be changed at the first sign-in' : '';
    return `${username} administers the system now${after}.\n`;
  }
  // The read tables do not know them yet.
  const person = { username, email, displayName: displayName ?? username, timezone: 'Europe/Brussels', active: true };
  await admin.auth.sendReset(userId, operator(), person);
  return `${username} administers the system now; a link to choose a password is mailed to ${email} while IMS runs.\n`;
};

export const unlockByOperator = async (admin: Admin, name: string): Promise<string> => {
  const wasLocked = await admin.auth.unlock(await userIdOf(admin, name), operator());
  return wasLocked ? `${name} can sign in again.\n` : `${name} was not locked.\n`;
};

/** For installations without mail: the operator hands the link on. */
export const resetByOperator = async (admin: Admin, name: string): Promise<string> => {
  const userId = await userIdOf(admin, name);
  const link = await admin.auth.handOutReset(userId, operator());
  if (typeof link !== 'string') throw new StartProblem(`${link.message}.`);
  return `${link}\nThe link works once, for an hour. Give it to nobody else.\n`;
};

/** By username or e-mail, in any case and form of Unicode; only who is registered. */
const userIdOf = async ({ pool }: Admin, name: string): Promise<string> => {
  const { rows } = await pool.query<{ user_id: string }>(
    `select right(r.stream, 36) as user_id from write_side.reservations r
     where r.kind in ('username', 'email') and r.key = $1 and exists (
       select from write_side.reservations u where u.stream = r.stream and u.kind = 'username')
     limit 1`,
    [unstorableText(name) ? '' : nameKey(name)],
  );
  const [row] = rows;
  if (!row) throw new StartProblem(`Nobody is called ${name}.`);
  return row.user_id;
};
