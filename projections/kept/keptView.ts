import type Database from 'better-sqlite3';
import type { ImportEvent } from '../../domain/imports/events.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { OrganisationEvent } from '../../domain/organisation/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { RedactionMarker } from '../../domain/redaction.js';
import { fold, type Projection } from '../projection.js';

/** The events that views are kept of, by the first word of their streams' names. */
type EventsOf = {
  readonly learner: LearnerEvent;
  readonly import: ImportEvent;
  readonly organisation: OrganisationEvent;
};

/** An event of any stream that a view is kept of. */
export type KeptEvent = EventsOf[keyof EventsOf];

/**
 * An event without its redactable fields: what a view that sums across streams is given, because a
 * redaction could not be taken out of a sum.
 */
export type PlainEvent<Event> = Event extends {
  readonly type: infer Type;
  readonly data: infer Data;
}
  ? {
      readonly type: Type;
      readonly data: {
        readonly [Name in keyof Data as RedactionMarker extends Data[Name]
          ? never
          : Name]: Data[Name];
      };
    }
  : never;

/** One table of a view. Its name in SQL is given by the generation it belongs to. */
type ViewTable = {
  readonly name: string;
  /** The columns that are copied when the table is written anew, with `rowid` where it is not one of them. */
  readonly columns: string;
  readonly create: (sqlName: string) => string;
};

/** Names a view's tables in SQL: `streams` is the one that every view has. */
export type TableNames = (table: string) => string;

/** What makes a view that is kept across streams, besides how it folds one of them. */
type KeptViewDefinition<State, Family extends keyof EventsOf> = {
  readonly family: Family;
  /** Folds one stream into what the view keeps of it: JSON, because that is how it is stored. */
  readonly projection: Projection<State, EventsOf[Family]>;
  /** The redactable fields of events that its rows hold. */
  readonly holds: readonly string[];
  readonly tables: readonly ViewTable[];
  /** A query over everything that follows from the streams' states: `key` and `content`, ordered by key. */
  readonly contents: (names: TableNames) => string;
  /** Prepares writing what follows from a stream's state: `no` names the stream in the view's tables. */
  readonly writer: (
    database: Database.Database,
    names: TableNames,
  ) => (no: number, before: State, after: State) => void;
};

/** A kept view as the runner sees it: of whatever state, in JSON text; `null` is the initial state. */
export type KeptView = {
  readonly name: string;
  readonly version: number;
  readonly family: keyof EventsOf;
  readonly holds: readonly string[];
  readonly tables: readonly ViewTable[];
  readonly contents: (names: TableNames) => string;
  readonly meaningOf: (type: string) => 'applied' | 'ignored' | 'unknown';
  readonly fold: (state: string | null, events: Iterable<Recorded<KeptEvent>>) => string | null;
  readonly writer: (
    database: Database.Database,
    names: TableNames,
  ) => (no: number, before: string | null, after: string | null) => void;
};

/** Makes a kept view of its definition. */
export function keptView<State, Family extends keyof EventsOf>(
  definition: KeptViewDefinition<State, Family>,
): KeptView {
  const { projection } = definition;
  const { name, version, initialState } = projection;
  const initial = JSON.stringify(initialState);
  // Sound: the text was written by `fold` from a state of this very view and version.
  const stateOf = (text: string | null) =>
    text === null ? initialState : (JSON.parse(text) as State);
  return {
    ...definition,
    name,
    version,
    meaningOf: (type) => {
      const on = Object.hasOwn(projection.on, type)
        ? projection.on[type as EventsOf[Family]['type']]
        : undefined;
      return on === undefined ? 'unknown' : on === 'ignored' ? 'ignored' : 'applied';
    },
    fold: (state, events) => {
      // Sound: the runner gives a view only events of its family's streams.
      const given = events as Iterable<Recorded<EventsOf[Family]>>;
      const after = JSON.stringify(fold(projection, given, stateOf(state)));
      return after === initial ? null : after;
    },
    writer: (database, names) => {
      const write = definition.writer(database, names);
      return (no, before, after) => write(no, stateOf(before), stateOf(after));
    },
  };
}
