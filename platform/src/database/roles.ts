import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export const serviceRoles = ['ims_command', 'ims_projector', 'ims_query'] as const;
export type ServiceRole = (typeof serviceRoles)[number];

/** Owner of the reviewed search function; nobody signs in as this role. */
export const searchRole = 'ims_search';

/** Limits of each role's statements: a query that a person waits for must not outlive that person's patience. */
const timeouts: Readonly<Record<ServiceRole, { statement: string; idleInTransaction: string }>> = {
  ims_command: { statement: '10s', idleInTransaction: '30s' },
  ims_projector: { statement: '5min', idleInTransaction: '60s' },
  ims_query: { statement: '3s', idleInTransaction: '10s' },
};

/** Password of a service role: hex HMAC-SHA256 of its name under the master key, so that nobody has to keep it. */
export const rolePassword = (role: ServiceRole, masterKey: Buffer): string =>
  createHmac('sha256', masterKey).update(`database-role:${role}`).digest('hex');

/** The owner's address with the service role and its password in the owner's place. */
export const serviceUrl = (adminUrl: string, role: ServiceRole, masterKey: Buffer): string => {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = rolePassword(role, masterKey);
  return url.href;
};

/**
 * Creates the service roles where they are missing and sets their passwords and limits. Roles belong to the whole
 * server, so several databases' owners may do this at once. Needs a superuser or a login with CREATEROLE.
 */
export const ensureRoles = async (adminUrl: string, masterKey: Buffer): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'ims-roles' });
  await client.connect();
  try {
    for (const role of serviceRoles) {
      await createRole(client, role, 'login');
      await whenUncontended(() => client.query(`alter role ${role} password '${scramVerifier(role, masterKey)}'`));
      const { statement, idleInTransaction } = timeouts[role];
      await setForRole(client, role, 'statement_timeout', statement);
      await setForRole(client, role, 'idle_in_transaction_session_timeout', idleInTransaction);
    }
    await setForRole(client, 'ims_query', 'plan_cache_mode', 'force_custom_plan');
    await createRole(client, searchRole, 'nologin');
    await whenUncontended(() => client.query(`grant ${searchRole} to current_user`));
  } finally {
    await client.end();
  }
};

const createRole = (client: pg.Client, role: string, login: 'login' | 'nologin'): Promise<unknown> =>
  client.query(`do $$ begin
    create role ${role} ${login} noinherit;
  exception when duplicate_object or unique_violation then null;
  end $$`);

const setForRole = (client: pg.Client, role: string, setting: string, value: string): Promise<unknown> =>
  whenUncontended(() => client.query(`alter role ${role} set ${setting} = '${value}'`));

/** PostgreSQL answers "tuple concurrently updated" (XX000) when two owners alter the same role at once. */
const whenUncontended = async (alter: () => Promise<unknown>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await alter();
      return;
    } catch (error) {
      const contended = error instanceof pg.DatabaseError && (error.code === 'XX000' || error.code === '23505');
      if (!contended || attempt === 20) throw error;
      await delay(10 * attempt);
    }
  }
};

/** What PostgreSQL would compute from the password itself, so that the password stands in no statement and no log. */
const scramVerifier = (role: ServiceRole, masterKey: Buffer): string => {
  const salt = createHmac('sha256', masterKey).update(`database-role-salt:${role}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(rolePassword(role, masterKey), salt, 4096, 32, 'sha256');
  const sign = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${storedKey}:${sign('Server Key').toString('base64')}`;
};
