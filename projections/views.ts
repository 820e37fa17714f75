import Database from 'better-sqlite3';
import { DomainError } from '../domain/errors.js';

/** The database of kept views. It can be deleted at any time: everything in it is folded from the ledger. */
export type Views = {
  /** Forgets what an erasure order names in every kept view, and remembers that it did. Repeating it is harmless. */
  readonly applyErasure: (order: string, stream: string) => void;
  readonly hasApplied: (order: string) => boolean;
  /** Empties the write-ahead log; false when a reader kept it from that. */
  readonly forget: () => boolean;
  readonly close: () => void;
};

/** "PLRW" as application id. */
const APPLICATION_ID = 0x50_4c_52_57;
const FORMAT = 1;

/**
 * Opens the views in a file that exists, making the tables where it is empty. Throws
 * `ERR_VIEWS_FILE` for any other kind of file: nothing is written into what is not a view.
 */
export function openViews(path: string): Views {
  const database = new Database(path, { fileMustExist: true });
  refuseOtherFile(database);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // A view may hold what is later redacted: freed space is overwritten, not left lying.
  database.pragma('secure_delete = ON');
  // Written once: opening must not wait for whoever holds the write lock.
  if (isEmpty(database)) {
    const make = database.transaction(() => {
      database.exec(
        'CREATE TABLE IF NOT EXISTS erasures (order_id TEXT PRIMARY KEY, stream TEXT NOT NULL) STRICT',
      );
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${FORMAT}`);
    });
    make.immediate();
  }

  const insert = database.prepare('INSERT OR IGNORE INTO erasures VALUES (?, ?)');
  const select = database.prepare('SELECT 1 FROM erasures WHERE order_id = ?');
  return {
    applyErasure: (order, stream) => {
      insert.run(order, stream);
    },
    hasApplied: (order) => select.get(order) !== undefined,
    forget: () => {
      const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
      return result.busy === 0;
    },
    close: () => {
      database.close();
    },
  };
}

function refuseOtherFile(database: Database.Database): void {
  const applicationId = database.pragma('application_id', { simple: true });
  if (applicationId !== APPLICATION_ID && !isEmpty(database)) {
    database.close();
    throw new DomainError(
      'ERR_VIEWS_FILE',
      'expected the views to be a file of their own, found another kind of database (PLR_VIEWS)',
    );
  }
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}
