import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import type { Projector, ProjectorOptions } from '../app.ts';
import { type Operations, readVersions, type VersionRow } from '../versions/operations.ts';
import { created, siteCreated, updated } from './events.ts';
import { createTestProjector, type TestProjector } from './test-projector.ts';

export type RebuildWorld = {
  readonly test: TestProjector;
  readonly siteA: string;
  readonly siteB: string;
  readonly operations: () => Operations;
  readonly projector: () => Projector;
  /** Ends the projector and begins another one, as after a restart. */
  restart(options?: Partial<ProjectorOptions>): Promise<void>;
  /** Two events per record: its creation and a change of its location. */
  record(count: number, siteId?: string): Promise<readonly string[]>;
  settled(): Promise<void>;
  versions(name: string): Promise<readonly VersionRow[]>;
  active(name: string): Promise<number | undefined>;
  count(table: string, siteId?: string): Promise<number>;
  stop(): Promise<void>;
};

/** A projector with the owner's rights, and a site with records in it. */
export const createRebuildWorld = async (): Promise<RebuildWorld> => {
  const test = await createTestProjector();
  const [siteA, siteB] = [randomUUID(), randomUUID()];
  await test.record({ stream: `site-${siteA}`, siteId: siteA, events: [siteCreated('A')] });
  let projector = test.start({ ownerUrl: test.ownerUrl });
  const versions = async (name: string) => (await readVersions(test.pool)).filter((row) => row.projection === name);
  return {
    test,
    siteA,
    siteB,
    projector: () => projector,
    operations: () => {
      if (!projector.operations) throw new Error('A projector with an owner takes operations.');
      return projector.operations;
    },
    restart: async (options = {}) => {
      await projector.stop();
      projector = test.start({ ownerUrl: test.ownerUrl, ...options });
    },
    record: async (count, siteId = siteA) => {
      const ids = Array.from({ length: count }, () => randomUUID());
      await Promise.all(
        ids.map(async (id, number) => {
          const of = { stream: interactionStream(id), siteId };
          await test.record({ ...of, events: [created({ title: `Record ${number}` })] });
          await test.record({ ...of, events: [updated({ location: `Room ${number % 7}` })] });
        }),
      );
      return ids;
    },
    settled: async () => projector.whenCaughtUp(await test.log.headPosition()),
    versions,
    active: async (name) => (await versions(name)).find(({ readBy }) => readBy === 'all')?.version,
    count: async (table, siteId) => {
      const { rows } = await test.owner.query<{ count: bigint }>(
        `select count(*) as count from read.${table} where $1::uuid is null or site_id = $1`,
        [siteId ?? null],
      );
      return Number(rows[0]?.count);
    },
    stop: test.stop,
  };
};
