import { setTimeout as delay } from 'node:timers/promises';
import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { inTransaction } from '@ims/platform/database/transaction';
import type pg from 'pg';
import type { Projection } from '../runner/projection.ts';
import { asOwner, lockVersions, type Owner, withoutQueueing } from './owner-connection.ts';
import { dropStaging } from './staging.ts';
import { isRead, readVersions, type VersionRow } from './version-rows.ts';
import { versionSchemaOf } from './version-schema.ts';
import { versionOf } from './versioned-projection.ts';

/** Marks a version so that nobody writes, builds or switches to it any more. A refusal while somebody reads it. */
export const markDropping = (pool: pg.Pool, projection: string, version: number): Promise<Refusal | undefined> =>
  inTransaction(pool, async (client) => {
    // A switch takes the same lock before it sends readers, so that what is read next still holds at the commit.
    await client.query('select from read.projection_checkpoints where projection = $1 and version = $2 for update', [
      projection,
      version,
    ]);
    const row = (await readVersions(client)).find((one) => one.projection === projection && one.version === version);
    if (!row) return refusal('RESOURCE_NOT_FOUND', `There is no version ${version} of ${projection}`);
    if (isRead(row)) {
      return refusal('CONFLICT', `Version ${version} of ${projection} is in use: switch readers to another first`);
    }
    await client.query(
      `update read.projection_checkpoints set phase = 'dropping' where projection = $1 and version = $2`,
      [projection, version],
    );
    return undefined;
  });

/** Takes the tables of a version away, then its row. The owner must hold the lock of the projection's versions. */
export const dropVersion = async (owner: Owner, template: Projection, row: VersionRow): Promise<void> => {
  const schema = versionSchemaOf(template.name);
  if (!schema) return;
  await withoutQueueing(owner, async () => {
    await owner.client.query(schema.drop(row.version));
    await dropStaging(owner, versionOf(template, row));
    const which = [template.name, row.version];
    await owner.client.query('delete from read.dead_letters where projection = $1 and version = $2', which);
    await owner.client.query(
      'update read.active_versions set previous = null where projection = $1 and previous = $2',
      which,
    );
    await owner.client.query('delete from read.projection_checkpoints where projection = $1 and version = $2', which);
  });
};

const patienceMs = 30_000;

/** By hand: also a version under construction, whose builder finds out and lets go. */
export const dropByHand = async (
  { pool, ownerUrl, marked }: { readonly pool: pg.Pool; readonly ownerUrl: string; readonly marked: () => void },
  template: Projection,
  version: number,
): Promise<Refusal | undefined> => {
  const refused = await markDropping(pool, template.name, version);
  if (refused) return refused;
  marked();
  return asOwner(ownerUrl, async (owner) => {
    const until = performance.now() + patienceMs;
    while (!(await lockVersions(owner, template.name))) {
      if (performance.now() > until) {
        return refusal('CONFLICT', `A rebuild of ${template.name} is under way: version ${version} goes when it ends`);
      }
      await delay(100);
    }
    const row = (await readVersions(pool)).find((one) => one.projection === template.name && one.version === version);
    if (row) await dropVersion(owner, template, row);
    return undefined;
  });
};
