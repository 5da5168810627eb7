import { randomUUID } from 'node:crypto';
import { userStream } from '@ims/contracts/ids';
import { createPool } from '@ims/platform/database/pool';
import { createCodec } from '@ims/platform/event-log/codec';
import type { EventLog } from '@ims/platform/event-log/event-log';
import { createPostgresKeyStore } from '@ims/platform/event-log/keys';
import { eventLogMigrations } from '@ims/platform/event-log/migrations';
import { createPostgresEventLog } from '@ims/platform/event-log/postgres-event-log';
import { securityMigrations } from '@ims/platform/security-events/migrations';
import { createTestDatabase, type TestDatabase } from '@ims/platform/testing/test-database';
import { testMasterKey } from '@ims/platform/testing/test-master-key';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authMigrations } from '../auth/migrations.ts';
import { createCommandContexts } from '../command-handling/command-context.ts';
import { createCommandHandler, type HandleCommand } from '../command-handling/handle-command.ts';
import { publicLinks } from '../mail/links.ts';
import { createOutbox } from '../mail/outbox.ts';
import { registerUser } from '../users/decide.ts';
import { userEvolution } from '../users/user.ts';
import { createIdentityLinks } from './link-identity.ts';

let database: TestDatabase;
let pool: pg.Pool;
let log: EventLog;
let handle: HandleCommand;
const contexts = createCommandContexts(testMasterKey);

beforeAll(async () => {
  database = await createTestDatabase([...eventLogMigrations, ...securityMigrations, ...authMigrations]);
  pool = createPool({ url: database.url('ims_command'), applicationName: 'test' });
  log = createPostgresEventLog({ url: database.url('ims_command') });
  const codec = createCodec({ keyStore: createPostgresKeyStore(pool), masterKey: testMasterKey });
  handle = createCommandHandler({ log, codec });
});
afterAll(async () => {
  await log?.close();
  await pool?.end();
  await database?.drop();
});

const email = 'elias@example.org';
const given = async () => {
  const userId = randomUUID();
  const person = { username: 'elias', email, displayName: 'Elias', timezone: 'Europe/Brussels' };
  const context = {
    ...contexts.identify(userId, undefined, []),
    correlationId: 'test',
    signal: new AbortController().signal,
  };
  const stream = userStream(userId);
  await handle({ stream, evolution: userEvolution, decide: (user) => registerUser(user, person) }, context);
  const outbox = createOutbox({ pool, masterKey: testMasterKey });
  const links = publicLinks('http://localhost:3000');
  const identities = createIdentityLinks({ pool, masterKey: testMasterKey, handle, contexts, outbox, links });
  const link = (subject: string) =>
    identities.link(
      { issuerName: 'house', issuerLabel: 'Our house', issuer: 'https://house.example', subject, email },
      { userId, correlationId: 'test' },
    );
  const mails = async () => {
    const { rows } = await pool.query<{ id: string; sealed: string }>(
      `select id, sealed from write_side.outbox where template = 'identity-linked' order by created_at`,
    );
    return rows.map((row) => outbox.open(row).mail);
  };
  const events = async () =>
    (await log.readStream(stream)).filter(({ type }) => type === 'UserExternalIdentityLinked').length;
  return { userId, link, mails, events };
};

it('of two people of one issuer who come with one address at once, one is linked, once in the log', async () => {
  const { userId, link, events } = await given();
  const linked = await Promise.all(['one', 'other', 'third'].map((subject) => link(`${userId} ${subject}`)));
  expect(linked.filter((id) => id === userId)).toHaveLength(1);
  expect(linked.filter((id) => id === undefined)).toHaveLength(2);
  expect(await events()).toBe(1);
});

it('the owner of the account is told by mail, once', async () => {
  const { userId, link, mails } = await given();
  await pool.query('delete from write_side.outbox');
  for (let times = 0; times < 2; times += 1) expect(await link(`${userId} again`)).toBe(userId);
  expect(await mails()).toMatchObject([{ to: email, displayName: 'Elias', issuer: 'Our house' }]);
});

it('the table itself knows one identity of an issuer for each person', async () => {
  const userId = randomUUID();
  const add = (subject: string) =>
    pool.query('insert into write_side.external_identities (issuer, subject, user_id) values ($1, $2, $3)', [
      'https://other.example',
      subject,
      userId,
    ]);
  await add('a');
  await expect(add('b')).rejects.toThrow('external_identities_issuer_user');
});
