import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Migration, migrate } from '../database/migrate.ts';
import { type ServiceRole, serviceUrl } from '../database/roles.ts';
// Declares what this module injects.
import type {} from './database-server.ts';
import { testMasterKey } from './test-master-key.ts';

export type TestDatabase = {
  /** Address of this database for the owner (default) or one of the service roles. */
  url(role?: 'owner' | ServiceRole): string;
  /** Closes whatever is still connected and removes the database. */
  drop(): Promise<void>;
};

const templateLock = 7_305_196_243;

/** A database of its own for one test file: a clone of a template that is migrated once per run and list. */
export const createTestDatabase = async (migrations: readonly Migration[]): Promise<TestDatabase> => {
  const template = await ensureTemplate(migrations);
  const name = `ims_test_${randomBytes(6).toString('hex')}`;
  await onServer((client) => client.query(`create database ${name} template ${template}`));
  const owner = databaseUrl(name);
  return {
    url: (role = 'owner') => (role === 'owner' ? owner : serviceUrl(owner, role, testMasterKey.bytes)),
    drop: () => onServer((client) => client.query(`drop database if exists ${name} with (force)`)),
  };
};

const ensureTemplate = async (migrations: readonly Migration[]): Promise<string> => {
  const names = migrations.map(({ name }) => name).join('\n');
  const template = `ims_template_${inject('testRun')}_${createHash('sha256').update(names).digest('hex').slice(0, 12)}`;
  await onServer(async (client) => {
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) await buildTemplate(client, template, migrations);
  });
  return template;
};

/** Built under another name first: a migration that fails must not leave something that looks like a template. */
const buildTemplate = async (client: pg.Client, template: string, migrations: readonly Migration[]): Promise<void> => {
  const unfinished = `${template}_unfinished`;
  await client.query(`drop database if exists ${unfinished} with (force)`);
  await client.query(`create database ${unfinished}`);
  await migrate(databaseUrl(unfinished), migrations);
  await client.query(`alter database ${unfinished} rename to ${template}`);
};

const databaseUrl = (name: string): string => {
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  return url.href;
};

const onServer = async (work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};
