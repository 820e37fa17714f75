import type Database from 'better-sqlite3';
import type { Instant } from '../../domain/values/date.js';
import { keptView, type TableNames } from '../kept/keptView.js';

/** The rows of one import that wait, and when the last of the others was decided; `null` for one without held rows. */
type State = {
  readonly waiting: readonly number[];
  readonly decidedAt: Instant | null;
} | null;

/** Imports all of whose held rows are decided, by when the last of them was. */
export const decidedImports = keptView<State, 'import'>({
  family: 'import',
  // What the rows say is not kept here.
  holds: [],
  tables: [
    {
      name: 'decided',
      columns: 'no, decided_at',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (no INTEGER PRIMARY KEY, decided_at TEXT NOT NULL) STRICT;
         CREATE INDEX ${sqlName}_by_age ON ${sqlName} (decided_at);`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream AS key, d.decided_at AS content
     FROM ${names('decided')} d JOIN ${names('streams')} s ON s.no = d.no ORDER BY s.stream`,
  projection: {
    name: 'decidedImports',
    version: 1,
    initialState: null,
    on: {
      ImportStarted: 'ignored',
      RowHeld: (state, { event: { data } }) => ({
        waiting: [...(state?.waiting ?? []).filter((row) => row !== data.row), data.row],
        decidedAt: state?.decidedAt ?? null,
      }),
      RowReleased: (state, { event: { data }, recordedAt }) => decided(state, data.row, recordedAt),
      RowRejected: (state, { event: { data }, recordedAt }) => decided(state, data.row, recordedAt),
      ImportFinished: 'ignored',
      RecordDisposed: () => null,
      SensitiveDataRedacted: 'ignored',
      FieldsResealed: 'ignored',
    },
  },
  writer: (database, names) => {
    const remove = database.prepare(`DELETE FROM ${names('decided')} WHERE no = ?`);
    const put = database.prepare(`INSERT OR REPLACE INTO ${names('decided')} VALUES (?, ?)`);
    return (no, _, after) => {
      if (after === null || after.decidedAt === null || after.waiting.length > 0) {
        remove.run(no);
      } else {
        put.run(no, after.decidedAt);
      }
    };
  },
});

/** The streams of imports whose last decision is as old as `before` or older, the oldest first. */
export function selectDecidedImports(
  database: Database.Database,
  names: TableNames,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): readonly string[] {
  return database
    .prepare(
      `SELECT s.stream FROM ${names('decided')} d JOIN ${names('streams')} s ON s.no = d.no
       WHERE d.decided_at <= :before ORDER BY d.decided_at, s.stream LIMIT :limit`,
    )
    .pluck()
    .all({ before, limit }) as string[];
}

function decided(state: State, row: number, decidedAt: Instant): State {
  const waiting = (state?.waiting ?? []).filter((other) => other !== row);
  return { waiting, decidedAt };
}
