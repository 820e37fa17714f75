import type Database from 'better-sqlite3';
import type { HoldCode } from '../../domain/imports/events.js';
import type { Instant } from '../../domain/values/date.js';
import { keptView, type TableNames } from '../kept/keptView.js';

/** A row that waits to be recorded. Its cells are read from the import's own stream. */
export type WaitingRow = {
  /** The import's stream: with the row's number it names the row. */
  readonly import: string;
  readonly row: number;
  readonly kind: 'achievements' | 'participation';
  /** UKPRN of the source that sent it. */
  readonly submittedBy: string;
  readonly code: HoldCode;
  readonly heldAt: Instant;
};

/** The waiting rows of one import by their number. */
type State = {
  readonly kind: WaitingRow['kind'];
  readonly submittedBy: string;
  readonly rows: Readonly<Record<number, Pick<WaitingRow, 'code' | 'heldAt'>>>;
  /** The command that records a row, and since when the row waits or waited, by number: also of rows decided. */
  readonly commands: Readonly<
    Record<number, { readonly command: string; readonly since: Instant }>
  >;
} | null;

/** Held rows that nobody has decided yet, by source and age. */
export const held = keptView<State, 'import'>({
  family: 'import',
  // What the rows say is not kept here.
  holds: [],
  tables: [
    {
      name: 'waiting',
      columns: 'no, row, submitted_by, held_at, kind, code',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER NOT NULL, row INTEGER NOT NULL, submitted_by TEXT NOT NULL,
           held_at TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (no, row)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX ${sqlName}_by_source ON ${sqlName} (submitted_by, held_at);
         CREATE INDEX ${sqlName}_by_age ON ${sqlName} (held_at);`,
    },
    {
      name: 'commands',
      columns: 'no, row, command, since',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER NOT NULL, row INTEGER NOT NULL, command TEXT NOT NULL, since TEXT NOT NULL,
           PRIMARY KEY (no, row)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX ${sqlName}_by_command ON ${sqlName} (command);`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream || ' ' || w.row AS key, json_array(w.submitted_by, w.held_at, w.kind, w.code) AS content
     FROM ${names('waiting')} w JOIN ${names('streams')} s ON s.no = w.no
     UNION ALL SELECT s.stream || ' ' || c.row || ' command', json_array(c.command, c.since)
     FROM ${names('commands')} c JOIN ${names('streams')} s ON s.no = c.no ORDER BY 1`,
  projection: {
    name: 'held',
    version: 1,
    initialState: null,
    on: {
      ImportStarted: (_, { event }) => {
        const { kind, submittedBy } = event.data;
        return { kind, submittedBy, rows: {}, commands: {} };
      },
      RowHeld: (state, { event: { data }, recordedAt: heldAt }) =>
        state === null
          ? state
          : {
              ...state,
              rows: { ...state.rows, [data.row]: { code: data.code, heldAt } },
              commands: {
                [data.row]: { command: data.recordedBy, since: heldAt },
                ...state.commands,
              },
            },
      RowReleased: (state, { event }) => without(state, event.data.row),
      RowRejected: (state, { event }) => without(state, event.data.row),
      ImportFinished: 'ignored',
      RecordDisposed: () => null,
      SensitiveDataRedacted: 'ignored',
      FieldsResealed: 'ignored',
    },
  },
  writer: (database, names) => {
    const waiting = names('waiting');
    const remove = database.prepare(`DELETE FROM ${waiting} WHERE no = ? AND row = ?`);
    const insert = database.prepare(`INSERT OR REPLACE INTO ${waiting} VALUES (?, ?, ?, ?, ?, ?)`);
    const unname = database.prepare(`DELETE FROM ${names('commands')} WHERE no = ?`);
    const name = database.prepare(
      `INSERT OR REPLACE INTO ${names('commands')} VALUES (?, ?, ?, ?)`,
    );
    return (no, before, after) => {
      if (after === null) {
        unname.run(no);
      }
      for (const [row, { command, since }] of Object.entries(after?.commands ?? {})) {
        if (before?.commands[Number(row)] === undefined) {
          name.run(no, Number(row), command, since);
        }
      }
      for (const row of Object.keys(before?.rows ?? {})) {
        if (after === null || !(row in after.rows)) {
          remove.run(no, Number(row));
        }
      }
      for (const [row, { code, heldAt }] of Object.entries(after?.rows ?? {})) {
        const known = before?.rows[Number(row)];
        if (after !== null && (known?.heldAt !== heldAt || known.code !== code)) {
          insert.run(no, Number(row), after.submittedBy, heldAt, after.kind, code);
        }
      }
    };
  },
});

/** Since when the row waits or waited that a command records; `null` where it was never held. */
export function selectHeldSince(
  database: Database.Database,
  names: TableNames,
  command: string,
): Instant | null {
  // Sound: the view wrote it.
  const select = database.prepare(`SELECT min(since) FROM ${names('commands')} WHERE command = ?`);
  return select.pluck().get(command) as Instant | null;
}

/** Which waiting rows to list; `null` for all on that axis. */
export type HeldQuery = {
  /** UKPRN of the source that sent them. */
  readonly submittedBy: string | null;
  /** The rows of one import alone. */
  readonly import: string | null;
  readonly limit: number;
};

/** Waiting rows, those held longest first. */
export function selectHeld(
  database: Database.Database,
  names: TableNames,
  { submittedBy, import: stream, limit }: HeldQuery,
): readonly WaitingRow[] {
  const conditions = [
    ...(submittedBy === null ? [] : ['w.submitted_by = :submittedBy']),
    ...(stream === null ? [] : ['s.stream = :stream']),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  // Sound: the columns are those of WaitingRow, and the view wrote them.
  return database
    .prepare(
      `SELECT s.stream AS import, w.row, w.kind, w.submitted_by AS submittedBy, w.code, w.held_at AS heldAt
       FROM ${names('waiting')} w JOIN ${names('streams')} s ON s.no = w.no
       ${where} ORDER BY w.held_at, s.stream, w.row LIMIT :limit`,
    )
    .all({ submittedBy, stream, limit }) as WaitingRow[];
}

function without(state: State, row: number): State {
  if (state === null) {
    return state;
  }
  const { [row]: _, ...rows } = state.rows;
  return { ...state, rows };
}
