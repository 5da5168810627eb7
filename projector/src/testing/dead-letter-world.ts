import { randomUUID } from 'node:crypto';
import { interactionStream } from '@ims/contracts/ids';
import type { Projector } from '../app.ts';
import { type Handlers, type Projection, type Row, rowTable } from '../runner/projection.ts';
import type { SettleHow } from '../runner/settle.ts';
import { created, updated } from './events.ts';
import { type Poison, plant } from './poison.ts';
import { createTestProjector, type TestProjector } from './test-projector.ts';

type Letter = {
  readonly id: string;
  readonly projection: string;
  readonly position: bigint;
  readonly event_type: string;
  readonly error: string;
  readonly waiting_events: number;
  readonly state: string;
};

type Checkpoint = { readonly position: bigint; readonly stopped: boolean; readonly last_error: string | null };

export type DeadLetterWorld = {
  readonly test: TestProjector;
  /** All events belong to it. */
  readonly site: string;
  record(stream: string, changes?: Parameters<typeof created>[0]): Promise<bigint>;
  change(stream: string, changes: Parameters<typeof updated>[0]): Promise<bigint>;
  poison(stream: string, event: Poison['event'], schemaVersion?: number): Promise<bigint>;
  titles(): Promise<readonly string[]>;
  letters(): Promise<readonly Letter[]>;
  checkpointOf(projection: Projection): Promise<Checkpoint | undefined>;
  /** Asks this projector; about the letter that is parked, unless an id is given. */
  settle(projector: Projector, projection: Projection, how: SettleHow, id?: string): Promise<string | undefined>;
  stop(): Promise<void>;
};

/** A projector, a site, and what tests on records that cannot be projected say and look at. */
export const createDeadLetterWorld = async (): Promise<DeadLetterWorld> => {
  const test = await createTestProjector();
  const site = randomUUID();
  const letters = async (): Promise<readonly Letter[]> => {
    const { rows } = await test.owner.query<Letter>(
      `select id, projection, position, event_type, error, waiting_events, state from read.dead_letters
       order by projection, position`,
    );
    return rows;
  };
  return {
    test,
    site,
    record: (stream, changes) => test.record({ stream, siteId: site, events: [created(changes)] }),
    change: (stream, changes) => test.record({ stream, siteId: site, events: [updated(changes)] }),
    poison: (stream, event, schemaVersion = 1) => plant(test, { stream, siteId: site, event, schemaVersion }),
    titles: async () => {
      const { rows } = await test.owner.query<{ title: string }>(
        'select title from read.interactions_v1 order by title',
      );
      return rows.map(({ title }) => title);
    },
    letters,
    checkpointOf: async ({ name }) => {
      const { rows } = await test.owner.query<Checkpoint>(
        'select position, stopped, last_error from read.projection_checkpoints where projection = $1',
        [name],
      );
      return rows[0];
    },
    settle: async (projector, { name }, how, id) => {
      const parked = (await letters()).find(({ projection, state }) => projection === name && state === 'parked');
      const running = projector.running().find((one) => one.status().name === name);
      return running?.settle(id ?? parked?.id ?? '', how);
    },
    stop: test.stop,
  };
};

export const newRecord = (): string => interactionStream(randomUUID());

/** PostgreSQL takes no NUL in a text: SQLSTATE 22P05. */
export const refusedByDatabase = { type: 'InteractionUpdated', data: { title: 'Dr. Secret\u0000' } };
export const unknownType = { type: 'InteractionDreamt', data: {} };

/** The projection with a handler that fails on what is broken until it is mended. */
export const fragile = (projection: Projection, type: 'InteractionCreated' | 'InteractionUpdated') => {
  const broken = new Set<string>();
  const tables = projection.tables.map((table) => {
    const handler = (table.on as Record<string, (row: Row | undefined, event: unknown) => Row | undefined>)[type];
    const on: Handlers<Row> = {
      ...table.on,
      [type]: (row: Row | undefined, event: { readonly data: { readonly title?: string } }) => {
        if (broken.has(event.data.title ?? '')) throw new TypeError(`cannot take "${event.data.title}"`);
        return handler?.(row, event);
      },
    };
    return rowTable({ ...table, on });
  });
  return { projection: { ...projection, tables }, broken };
};
