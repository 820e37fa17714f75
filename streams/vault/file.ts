import type Database from 'better-sqlite3';
import {
  blockUntilFree,
  checkKind,
  type FileKind,
  isUnmade,
  markKind,
  openDatabase,
} from '../sqlite/file.js';

const VAULT_FILE: FileKind = { name: 'vault', applicationId: 0x50_4c_52_56, format: 2 };

// A stream key is live (wrapped), shredded (by an order, with the version of the reseal) or disposed
// (by an order, without one); an event key is kept (wrapped), resealed at a version, or dropped, and
// under disposed keys there is none. The triggers let rows only move forward, so that two copies merge by
// taking the later state and nothing is ever minted over what was shredded.
const SCHEMA = `
CREATE TABLE vault (
  origin TEXT NOT NULL,
  rotation INTEGER NOT NULL,
  master TEXT NOT NULL,
  previous_master TEXT,
  rotated_at TEXT NOT NULL,
  vault_key BLOB NOT NULL,
  changes INTEGER NOT NULL DEFAULT 0,
  shreds INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL DEFAULT 0,
  beats INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE index_keys (generation INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;

CREATE TABLE stream_keys (
  stream TEXT NOT NULL,
  number INTEGER NOT NULL,
  wrapped BLOB,
  shredded_by TEXT,
  resealed_version INTEGER,
  PRIMARY KEY (stream, number),
  CHECK ((wrapped IS NULL) = (shredded_by IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE event_keys (
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  wrapped BLOB,
  resealed_at INTEGER,
  PRIMARY KEY (stream, version),
  CHECK (wrapped IS NULL OR resealed_at IS NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE erasures (order_id TEXT PRIMARY KEY, stream TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  stream TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER stream_keys_once BEFORE INSERT ON stream_keys
WHEN EXISTS (SELECT 1 FROM stream_keys WHERE stream = NEW.stream AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'a key is minted once'); END;

CREATE TRIGGER stream_keys_forward BEFORE UPDATE ON stream_keys
WHEN OLD.wrapped IS NULL AND NEW.wrapped IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was shredded stays shredded'); END;

CREATE TRIGGER event_keys_forward BEFORE UPDATE ON event_keys
WHEN OLD.wrapped IS NULL AND NEW.wrapped IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was dropped stays dropped'); END;
`;

const DISPOSED =
  'SELECT stream FROM stream_keys WHERE wrapped IS NULL AND resealed_version IS NULL';

/** The single row that says what the vault is wrapped under and how far it has come. */
export type VaultState = {
  readonly origin: string;
  /** Rotations so far: of two copies, the one with more is the true one. */
  readonly rotation: number;
  readonly master: string;
  /** The master that the last rotation replaced, until its end is recorded in the ledger. */
  readonly previousMaster: string | null;
  readonly rotatedAt: string;
  readonly vaultKey: Buffer;
  /** Transactions that minted or shredded: two copies with the same count hold the same. */
  readonly changes: number;
  /** Shreds so far: whoever caches keys or folded states compares it. */
  readonly shreds: number;
  /** How often another process took over: whoever opened the vault before may change nothing. */
  readonly epoch: number;
  /** Counts on while a process is active; 0 where none is, or it ended in good order. */
  readonly beats: number;
};

/** Opens a vault file. Deleted keys are overwritten in place, in the file and in its free pages. */
export function openVaultFile(
  path: string,
  remedy = 'restore it, or copy the second vault to its place ("plr init" makes one only with a new ledger)',
): Database.Database {
  const database = openDatabase(path, VAULT_FILE.name, remedy);
  database.pragma('secure_delete = ON');
  return database;
}

/** Makes the tables of a vault in an empty file, with its first state and keys; false where they are made. */
export function makeVault(
  database: Database.Database,
  first: Pick<VaultState, 'origin' | 'rotation' | 'master' | 'rotatedAt' | 'vaultKey'>,
  indexKey: Buffer | null,
): boolean {
  const make = database.transaction(() => {
    if (!isUnmade(database)) {
      return false;
    }
    database.exec(SCHEMA);
    database
      .prepare(
        `INSERT INTO vault (origin, rotation, master, rotated_at, vault_key)
         VALUES (:origin, :rotation, :master, :rotatedAt, :vaultKey)`,
      )
      .run(first);
    if (indexKey !== null) {
      database.prepare('INSERT INTO index_keys VALUES (1, ?)').run(indexKey);
    }
    markKind(database, VAULT_FILE);
    return true;
  });
  return blockUntilFree(() => make.immediate());
}

/** True for a file in which `makeVault` has not come to its end. */
export function isVaultUnmade(database: Database.Database): boolean {
  return isUnmade(database);
}

/** Refuses a file that is no vault, or one of a newer format; brings one of an earlier format to this one. */
export function checkVault(database: Database.Database): void {
  checkKind(database, VAULT_FILE);
  const upgrade = database.transaction(() => {
    if (database.pragma('user_version', { simple: true }) === 1) {
      database.exec('ALTER TABLE vault ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0');
      database.exec('ALTER TABLE vault ADD COLUMN beats INTEGER NOT NULL DEFAULT 0');
      markKind(database, VAULT_FILE);
    }
  });
  blockUntilFree(() => upgrade.immediate());
}

/** Reads the vault's single row. */
export function readVaultState(database: Database.Database): VaultState {
  // Sound: the columns of VaultState, in a STRICT table.
  return database
    .prepare(
      `SELECT origin, rotation, master, previous_master AS previousMaster,
         rotated_at AS rotatedAt, vault_key AS vaultKey, changes, shreds, epoch, beats FROM vault`,
    )
    .get() as VaultState;
}

/**
 * Moves every row of `to` forward to the state it has in `from`, and adds what is missing. Both must
 * be wrapped under the same vault key.
 */
export function mergeVault(from: Database.Database, to: Database.Database): void {
  const read = (sql: string) => from.prepare(sql).iterate();
  const putKey = to.prepare(
    `INSERT INTO stream_keys VALUES (:stream, :number, :wrapped, :shredded_by, :resealed_version)`,
  );
  const hasKey = to.prepare(
    'SELECT wrapped IS NOT NULL FROM stream_keys WHERE stream = :stream AND number = :number',
  );
  const shredKey = to.prepare(
    `UPDATE stream_keys SET wrapped = NULL, shredded_by = :shredded_by, resealed_version = :resealed_version
     WHERE stream = :stream AND number = :number
       AND (wrapped IS NOT NULL OR (:resealed_version IS NULL AND resealed_version IS NOT NULL))`,
  );
  const putEventKey = to.prepare(
    `INSERT INTO event_keys VALUES (:stream, :version, :wrapped, :resealed_at)
     ON CONFLICT DO UPDATE SET wrapped = NULL, resealed_at = excluded.resealed_at
     WHERE excluded.wrapped IS NULL
       AND (event_keys.wrapped IS NOT NULL
         OR coalesce(excluded.resealed_at, 1e15) > coalesce(event_keys.resealed_at, 1e15))`,
  );
  for (const row of read('SELECT * FROM stream_keys') as Iterable<{ wrapped: Buffer | null }>) {
    if (hasKey.get(row) === undefined) {
      putKey.run(row);
    } else if (row.wrapped === null) {
      shredKey.run(row);
    }
  }
  // What either has disposed of `to` has disposed of by now, and takes no key of it.
  const isDisposed = to.prepare(`${DISPOSED} AND stream = :stream LIMIT 1`);
  for (const row of read('SELECT * FROM event_keys')) {
    if (isDisposed.get(row) === undefined) {
      putEventKey.run(row);
    }
  }
  to.prepare(`DELETE FROM event_keys WHERE stream IN (${DISPOSED})`).run();
  const others = [
    ['index_keys', 'INSERT OR IGNORE INTO index_keys VALUES (:generation, :wrapped)'],
    ['erasures', 'INSERT OR IGNORE INTO erasures VALUES (:order_id, :stream)'],
    [
      'checkpoints',
      `INSERT INTO checkpoints VALUES (:stream, :version, :hash)
       ON CONFLICT DO UPDATE SET version = excluded.version, hash = excluded.hash
       WHERE excluded.version > version`,
    ],
  ] as const;
  for (const [table, sql] of others) {
    const put = to.prepare(sql);
    for (const row of read(`SELECT * FROM ${table}`)) {
      put.run(row);
    }
  }
}

/**
 * Moves the write-ahead log into the file and empties it. False when a reader kept it from that: then
 * what was deleted may still be on the disk, and it has to be tried again.
 */
export function truncateWriteAheadLog(database: Database.Database): boolean {
  const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
  return result.busy === 0;
}
