import type { DomainEvent, EventType } from '@ims/contracts/event-catalogue';
import type { RecordedEvent } from '@ims/contracts/recorded-event';

export type EventOf<Type extends EventType> = RecordedEvent<Extract<DomainEvent, { readonly type: Type }>>;
export type ProjectedEvent = { readonly [Type in EventType]: EventOf<Type> }[EventType];

/** A row as JSON gives it: UUIDs and times are text. */
export type Row = Readonly<Record<string, unknown>>;
export type Key = Readonly<Record<string, string>>;

/** What a row adds one to, in a table that counts. */
export type Tally = Readonly<Record<string, string>>;

/** A table of sums over the rows of another; `columns` are its key beside `site_id`, then come `derived` ones. */
export type CountTable<Content extends Row = Row> = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly derived?: Readonly<Record<string, (tally: Tally) => string>>;
  tallies(row: Content): readonly Tally[];
};

/** Pure: no clock, no randomness, nothing read but the row and the event. No row as the answer deletes it. */
export type Handlers<Content extends Row> = {
  readonly [Type in EventType]?: (row: Content | undefined, event: EventOf<Type>) => Content | undefined;
};

export type RowTable<Content extends Row = Row> = {
  /** Without schema and version. */
  readonly name: string;
  /** Column → SQL type; `position`, that of the last event in the row, is added to them. */
  readonly columns: Readonly<Record<keyof Content & string, string>>;
  readonly key: readonly (keyof Content & string)[];
  /** The row that an event is about. */
  keyOf(event: ProjectedEvent): Key;
  readonly on: Handlers<Content>;
  /** True when the row goes as soon as its content has become unreadable. */
  readonly holdsContent: boolean;
  readonly isPartitioned: boolean;
  /** Set where the table holds the rows of this site only. */
  readonly onlySite?: string;
  readonly counts?: CountTable<Content>;
};

/** The unit of lease, checkpoint and transaction. Another version is other tables beside the old ones. */
export type Projection = {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly RowTable[];
};

/** Checks a table's handlers against its rows, then forgets their type: the runner treats all rows alike. */
export const rowTable = <Content extends Row>(table: RowTable<Content>): RowTable => table as unknown as RowTable;
