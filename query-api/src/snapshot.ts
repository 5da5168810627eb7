import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import pg from 'pg';
import { type ProjectionName, type ReadState, readState, type Versions, versionOf } from './read-state.ts';

export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** One moment of the read tables. `versions` says which tables to read. */
export type Snapshot = {
  readonly versions: Versions;
  rows<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]>;
  /** Says that nothing more will be asked: then the end of the transaction travels with what was. */
  askedAll(): void;
};

/** What was read, and the state of the read tables in the same moment. */
export type ReadAnswer<Value> = { readonly value: Value; readonly state: ReadState };

export type InSnapshot = <Value>(
  begin: string,
  versions: Versions,
  work: (snapshot: Snapshot) => Promise<Value>,
) => Promise<ReadAnswer<Value>>;

/** Thrown when the tables that were read are not those of the active version; `state` names the right ones. */
export class StaleVersions extends Error {
  override readonly name = 'StaleVersions';
  readonly state: ReadState;
  constructor(state: ReadState) {
    super('The read tables have another active version.');
    this.state = state;
  }
}

/** undefined_table, undefined_function: what a version that was dropped leaves behind. */
const dropped: readonly (string | undefined)[] = ['42P01', '42883'];
const namedShapes = 200;

const sameVersions = (used: Versions, active: Versions): boolean =>
  (Object.keys(active) as ProjectionName[]).every((name) => versionOf(used, name) === versionOf(active, name));

type ShapeNames = { of(text: string): string | undefined; forget(): void };

/** A name per shape of statement, so that each connection parses it once; rare shapes stay nameless. */
const shapeNames = (): ShapeNames => {
  const names = new Map<string, string>();
  return {
    of: (text) => {
      const known = names.get(text);
      if (known !== undefined || names.size >= namedShapes) return known;
      const name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
      names.set(text, name);
      return name;
    },
    forget: () => names.clear(),
  };
};

/** COMMIT is sent and not waited for; the connection comes back when it is through, or is destroyed. */
const endUnawaited = (client: pg.PoolClient): void => {
  client.query('commit').then(
    () => client.release(),
    (error: Error) => client.release(error),
  );
};

const isDropped = (error: unknown): boolean => error instanceof pg.DatabaseError && dropped.includes(error.code);

/** What pg writes between the two calls leaves in one message; each write alone would be a system call of its own. */
const inOneMessage = <Asked>(client: pg.PoolClient, ask: () => Asked): Asked => {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Writable } }).connection;
  stream.cork();
  try {
    return ask();
  } finally {
    stream.uncork();
  }
};

/** A work that throws before its first `await` rejects like any other. */
const atOnce = async <Value>(work: (snapshot: Snapshot) => Promise<Value>, snapshot: Snapshot): Promise<Value> =>
  work(snapshot);

type Opened = Snapshot & { end(): void };

const openSnapshot = (client: pg.PoolClient, versions: Versions, names: ShapeNames): Opened => {
  let ended = false;
  const end = (): void => {
    if (!ended) endUnawaited(client);
    ended = true;
  };
  return {
    versions,
    rows: async ({ text, values }) => {
      if (ended) throw new Error('The snapshot has ended: ask before that.');
      const name = names.of(text);
      const result = await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
      return result.rows;
    },
    askedAll: end,
    end,
  };
};

/**
 * Runs work in one read-only transaction. The pool is pipelined: `begin`, the state of the read tables and every
 * statement that the work asks for before its first `await` travel as one message.
 */
export const createInSnapshot = (pool: pg.Pool): InSnapshot => {
  const names = shapeNames();

  return async (begin, versions, work) => {
    const client = await pool.connect();
    const snapshot = openSnapshot(client, versions, names);
    const asked = inOneMessage(client, () => [client.query(begin), readState(client), atOnce(work, snapshot)] as const);
    const [began, state, value] = await Promise.allSettled(asked);
    snapshot.end();
    if (began.status === 'rejected') throw began.reason;
    if (state.status === 'rejected') throw state.reason;
    const current = sameVersions(versions, state.value.versions);
    if (value.status === 'fulfilled' && current) return { value: value.value, state: state.value };
    if (!current && (value.status === 'fulfilled' || isDropped(value.reason))) {
      // The shapes of the old tables would keep those of the new ones nameless.
      names.forget();
      throw new StaleVersions(state.value);
    }
    throw value.status === 'rejected' ? value.reason : new StaleVersions(state.value);
  };
};
