import type Database from 'better-sqlite3';
import type { KeptView, TableNames } from './keptView.js';

/** One making of a view: `active` is the one that answers, `retained` the one before it. */
export type Generation = {
  readonly view: string;
  /** Counts the makings of this view, from 1. */
  readonly generation: number;
  /** The version of the view's rules that made it. */
  readonly version: number;
  readonly state: 'building' | 'active' | 'retained';
  /** The number in the names of its tables. */
  readonly tables: number;
  /** The last event taken in; `null` before the first. */
  readonly position: string | null;
  /** Raised whenever its state changed, or something other than the next events changed its rows. */
  readonly revision: number;
};

/** What a view keeps of one stream. */
type KeptStream = {
  readonly no: number;
  /** The version of the last event that was applied. */
  readonly version: number;
  /** JSON; `null` where nothing is left of it. */
  readonly state: string | null;
};

/** A stream's new state, to be written into a generation. */
export type StreamChange = {
  readonly stream: string;
  readonly version: number;
  readonly before: KeptStream | null;
  readonly after: string | null;
};

/** The bookkeeping of generations and their tables. Whatever belongs together is called in one transaction. */
export type Generations = ReturnType<typeof createGenerations>;

/** Prepares the bookkeeping on one connection. */
export function createGenerations(database: Database.Database) {
  const columns = 'view, generation, version, state, tables, position, revision';
  const selectAll = database.prepare(
    `SELECT ${columns} FROM generations ORDER BY view, generation`,
  );
  const selectOne = database.prepare(
    `SELECT ${columns} FROM generations WHERE view = ? AND state = ?`,
  );
  const insert = database.prepare(
    `INSERT INTO generations (${columns}) VALUES (:view, :generation, :version, :state, :tables, NULL, 0)`,
  );
  const remove = database.prepare('DELETE FROM generations WHERE view = ? AND generation = ?');
  const setState = database.prepare(
    `UPDATE generations SET state = :state, revision = revision + 1
     WHERE view = :view AND generation = :generation`,
  );
  const moveOn = database.prepare(
    `UPDATE generations SET position = :to, revision = revision + :raise, tables = :newTables,
       version = :newVersion
     WHERE view = :view AND generation = :generation AND tables = :tables
       AND version = :version AND position IS :position AND revision = :revision`,
  );
  // A virtual table takes its own tables with it, so it goes before they are looked for.
  const nextTable = database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?
       ORDER BY sql NOT LIKE 'CREATE VIRTUAL TABLE%' LIMIT 1`,
    )
    .pluck();
  const nextNumber = (column: 'generation' | 'tables', where = '') =>
    database
      .prepare(`SELECT coalesce(max(${column}), 0) + 1 FROM generations ${where}`)
      .pluck()
      .get() as number;

  function createTables(view: KeptView, tables: number): void {
    const names = tableNames(view, tables);
    database.exec(
      `CREATE TABLE ${names('streams')} (
         no INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, state TEXT
       ) STRICT;`,
    );
    for (const { name, create } of view.tables) {
      database.exec(create(names(name)));
    }
  }

  /** Drops whatever tables there are: another version of the view may have made others than this one. */
  function dropTables(view: KeptView, tables: number): void {
    const ofGeneration = tableNames(view, tables)('*');
    for (let name = nextTable.get(ofGeneration); name !== undefined; ) {
      database.exec(`DROP TABLE ${String(name)}`);
      name = nextTable.get(ofGeneration);
    }
  }

  function move(
    from: Generation,
    to: Partial<{ position: string | null; raise: number; tables: number; version: number }>,
  ): boolean {
    const {
      position = from.position,
      raise = 0,
      tables = from.tables,
      version = from.version,
    } = to;
    const parameters = { ...from, to: position, raise, newTables: tables, newVersion: version };
    return moveOn.run(parameters).changes === 1;
  }

  return {
    all: (): readonly Generation[] => selectAll.all() as Generation[],
    get: (view: KeptView, state: Generation['state']): Generation | null =>
      (selectOne.get(view.name, state) as Generation | undefined) ?? null,
    /** Makes an empty generation with its tables. */
    create: (view: KeptView, state: 'building' | 'active'): void => {
      const tables = nextNumber('tables');
      createTables(view, tables);
      const generation = nextNumber('generation', `WHERE view = '${view.name}'`);
      insert.run({ view: view.name, generation, version: view.version, state, tables });
    },
    drop: (view: KeptView, { generation, tables }: Generation): void => {
      remove.run(view.name, generation);
      dropTables(view, tables);
    },
    setState: ({ view, generation }: Generation, state: Generation['state']): void => {
      setState.run({ view, generation, state });
    },
    /** Moves the checkpoint by compare-and-set; false where anything has changed since it was read. */
    moveOn: (from: Generation, to: string | null): boolean => move(from, { position: to }),
    /** Says that rows change by something other than the next events; false as for `moveOn`. */
    revise: (from: Generation): boolean => move(from, { raise: 1 }),
    /** Starts a generation again with nothing in it, by the rules of the view as it is now. */
    empty: (view: KeptView, from: Generation): boolean => {
      const newTables = nextNumber('tables');
      if (!move(from, { position: null, raise: 1, tables: newTables, version: view.version })) {
        return false;
      }
      createTables(view, newTables);
      dropTables(view, from.tables);
      return true;
    },
    /**
     * Copies a generation's rows into new tables and drops the old ones. Deleting a row overwrites it,
     * but not the copies that SQLite leaves in a page when its rows move to another: only pages that
     * are given up as a whole are overwritten as a whole.
     */
    rewrite: (view: KeptView, from: Generation): boolean => {
      const newTables = nextNumber('tables');
      if (!move(from, { raise: 1, tables: newTables })) {
        return false;
      }
      createTables(view, newTables);
      const [old, fresh] = [tableNames(view, from.tables), tableNames(view, newTables)];
      const all = [{ name: 'streams', columns: 'no, stream, version, state' }, ...view.tables];
      for (const { name, columns: copied } of all) {
        database.exec(
          `INSERT INTO ${fresh(name)} (${copied}) SELECT ${copied} FROM ${old(name)} ORDER BY 1`,
        );
      }
      dropTables(view, from.tables);
      return true;
    },
    /** Prepares looking up what a generation keeps of a stream; `null` for nothing. */
    streamsIn: (
      view: KeptView,
      { tables }: Generation,
    ): ((stream: string) => KeptStream | null) => {
      const select = database.prepare(
        `SELECT no, version, state FROM ${tableNames(view, tables)('streams')} WHERE stream = ?`,
      );
      return (stream) => (select.get(stream) as KeptStream | undefined) ?? null;
    },
    /** Writes what became of streams, and all that follows from it. */
    write: (view: KeptView, { tables }: Generation, changes: readonly StreamChange[]): void => {
      const names = tableNames(view, tables);
      const upsert = database
        .prepare(
          `INSERT INTO ${names('streams')} (stream, version, state) VALUES (:stream, :version, :after)
           ON CONFLICT (stream) DO UPDATE SET version = :version, state = :after RETURNING no`,
        )
        .pluck();
      const write = view.writer(database, names);
      for (const { stream, version, before, after } of changes) {
        const no = upsert.get({ stream, version, after }) as number;
        write(no, before?.state ?? null, after);
      }
    },
  };
}

/** How a generation names its tables in SQL. Views' names are ours, of letters alone. */
export function tableNames(view: KeptView, tables: number): TableNames {
  return (table) => `${view.name}_${tables}_${table}`;
}
