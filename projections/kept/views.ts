import Database from 'better-sqlite3';
import { DomainError } from '../../domain/errors.js';
import { LOOKS_SCHEMA } from '../live/looks.js';
import { PUBLISHED_SCHEMA } from './published.js';

/** The database of kept views. It can be deleted at any time: everything in it is folded from the ledger. */
export type ViewsDatabase = {
  readonly database: Database.Database;
  /** Empties the write-ahead log; false when a reader kept it from that. */
  readonly forget: () => boolean;
  readonly close: () => void;
};

/** "PLRW" as application id. */
const APPLICATION_ID = 0x50_4c_52_57;
const FORMAT = 4;
/** How long a step waits for another process that writes views. */
const BUSY_WAIT_MS = 10_000;
/** How long emptying the write-ahead log waits for a reader. */
const FORGET_WAIT_MS = 50;

/** What stands beside the views' own tables: which generations there are, and which erasures they know. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS erasures (order_id TEXT PRIMARY KEY, stream TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS generations (
  view TEXT NOT NULL,
  generation INTEGER NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('building', 'active', 'retained')),
  tables INTEGER NOT NULL UNIQUE,
  position TEXT,
  revision INTEGER NOT NULL,
  PRIMARY KEY (view, generation)
) STRICT;
`;

/**
 * Opens the views in a file that exists, making the tables where it is empty or of an earlier format.
 * Throws `ERR_VIEWS_FILE` for any other kind of file, and for a later format: nothing is written into it.
 */
export function openViews(path: string): ViewsDatabase {
  const database = new Database(path, { fileMustExist: true, timeout: BUSY_WAIT_MS });
  try {
    refuseOtherFile(database);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    // A view may hold what is later redacted: freed space is overwritten, not left lying.
    database.pragma('secure_delete = ON');
    // Nor does sorting write what a view holds into files of its own.
    database.pragma('temp_store = MEMORY');
    makeTables(database);
  } catch (error) {
    database.close();
    const code = error instanceof Database.SqliteError ? error.code : '';
    throw /NOTADB|CORRUPT/.test(code) ? damaged(error) : error;
  }
  return {
    database,
    forget: () => {
      // While it waits for a reader it keeps every writer out: whoever asks tries again instead.
      database.pragma(`busy_timeout = ${FORGET_WAIT_MS}`);
      try {
        const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
        return result.busy === 0;
      } finally {
        database.pragma(`busy_timeout = ${BUSY_WAIT_MS}`);
      }
    },
    close: () => {
      database.close();
    },
  };
}

function damaged(cause: unknown): DomainError {
  return new DomainError(
    'ERR_VIEWS_FILE',
    'expected the views to be a database, found a damaged file (PLR_VIEWS); delete it with its -wal and -shm, and "plr init" makes it anew',
    { cause },
  );
}

function makeTables(database: Database.Database): void {
  // Written once: opening must not wait for whoever holds the write lock.
  if (database.pragma('user_version', { simple: true }) === FORMAT) {
    return;
  }
  const make = database.transaction(() => {
    database.exec(SCHEMA);
    database.exec(LOOKS_SCHEMA);
    database.exec(PUBLISHED_SCHEMA);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${FORMAT}`);
  });
  make.immediate();
}

function refuseOtherFile(database: Database.Database): void {
  const applicationId = database.pragma('application_id', { simple: true });
  const format = database.pragma('user_version', { simple: true }) as number;
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (applicationId !== APPLICATION_ID && !isEmpty) {
    throw new DomainError(
      'ERR_VIEWS_FILE',
      'expected the views to be a file of their own, found another kind of database (PLR_VIEWS)',
    );
  }
  if (format > FORMAT) {
    throw new DomainError(
      'ERR_VIEWS_FILE',
      `expected views of format ${FORMAT}, found format ${format}, written by a newer version`,
    );
  }
}
