import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StreamError } from '../errors.js';
import { makeFolder } from '../output.js';

/** What kind of file a database is, told apart by SQLite's own application id and format number. */
export type FileKind = {
  readonly name: string;
  readonly applicationId: number;
  readonly format: number;
};

/** Creates a database file with mode 0600, and its folder, unless it is there. Nothing is written into it. */
export function createDatabaseFile(path: string): void {
  makeFolder(dirname(path));
  try {
    closeSync(openSync(path, 'wx', 0o600));
    syncFolder(dirname(path));
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(path)) {
      throw error;
    }
  }
}

/** Makes the entries of a folder durable, so that a file in it cannot vanish with the power. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Opens a database that must exist, in WAL mode with `synchronous=FULL`, and checks that the setting
 * took: a WAL file that is opened again falls back to NORMAL, which can lose acknowledged commits.
 * Throws `ERR_LEDGER_MISSING`, naming the command that creates one, or `ERR_DURABILITY_LOST`.
 */
export function openDatabase(
  path: string,
  name: string,
  remedy = '"plr init" creates one',
): Database.Database {
  if (!existsSync(path)) {
    throw new StreamError(
      'ERR_LEDGER_MISSING',
      `expected a ${name} at ${path}, found none; ${remedy}`,
    );
  }
  const database = new Database(path, { fileMustExist: true, timeout: BUSY_WAIT_MS });
  try {
    // A page size holds only before the first page is written; later it does nothing.
    database.pragma('page_size = 8192');
    blockUntilFree(() => database.pragma('journal_mode = WAL'));
    database.pragma('synchronous = FULL');
    database.pragma('trusted_schema = OFF');
    if (
      database.pragma('synchronous', { simple: true }) !== 2 ||
      database.pragma('journal_mode', { simple: true }) !== 'wal'
    ) {
      throw new StreamError(
        'ERR_DURABILITY_LOST',
        `expected the ${name} to be in WAL mode with synchronous=FULL, found another setting`,
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Marks a new database with its kind; to be called in the transaction that makes its tables. */
export function markKind(database: Database.Database, kind: FileKind): void {
  database.pragma(`application_id = ${kind.applicationId}`);
  database.pragma(`user_version = ${kind.format}`);
}

/** True for a database that has no tables yet: one whose making was cut short. */
export function isUnmade(database: Database.Database): boolean {
  return database.pragma('application_id', { simple: true }) === 0;
}

/** Refuses a file of another kind, an unmade one, and one that a newer version of this software wrote. */
export function checkKind(database: Database.Database, kind: FileKind): void {
  const applicationId = database.pragma('application_id', { simple: true });
  const format = database.pragma('user_version', { simple: true }) as number;
  if (applicationId !== kind.applicationId) {
    const found = applicationId === 0 ? 'one whose making was cut short' : 'another kind of file';
    throw new StreamError(
      'ERR_LEDGER_MISSING',
      `expected a ${kind.name}, found ${found}; "plr init" creates or finishes one`,
    );
  }
  if (format > kind.format) {
    throw new StreamError(
      'ERR_STORE_NEWER',
      `expected a ${kind.name} of format ${kind.format}, found format ${format}, written by a newer version`,
    );
  }
}

/** True for SQLite's answers that another connection holds the lock just now. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** How long SQLite itself waits for a lock, with the thread blocked, before the step is tried again. */
const BUSY_WAIT_MS = 250;
/** How long a step waits for another connection's lock. */
const MAX_BUSY_MS = 10_000;
const BUSY_RETRY_MS = 5;

/**
 * Runs a step again while another connection holds the lock, for at most 10 s, then throws
 * `ERR_STORE_BUSY`. The process goes on meanwhile: the holder may be in it.
 */
export async function whenFree<Result>(step: () => Result): Promise<Result> {
  for (const startedAt = performance.now(); ; ) {
    const outcome = tryOnce(step, startedAt);
    if (outcome !== 'busy') {
      return outcome.result;
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
  }
}

/** As `whenFree`, but it blocks the thread: for opening files, before there is anything else to do. */
export function blockUntilFree<Result>(step: () => Result): Result {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (const startedAt = performance.now(); ; ) {
    const outcome = tryOnce(step, startedAt);
    if (outcome !== 'busy') {
      return outcome.result;
    }
    Atomics.wait(sleeper, 0, 0, BUSY_RETRY_MS);
  }
}

function tryOnce<Result>(
  step: () => Result,
  startedAt: number,
): 'busy' | { readonly result: Result } {
  try {
    return { result: step() };
  } catch (error) {
    if (!isBusy(error)) {
      throw error;
    }
    if (performance.now() - startedAt > MAX_BUSY_MS) {
      throw new StreamError(
        'ERR_STORE_BUSY',
        `expected the database to be free within ${MAX_BUSY_MS / 1000} s, found it locked by another process`,
        { cause: error },
      );
    }
    return 'busy';
  }
}

/** The error for a ledger that SQLite could not write: definite, nothing was written. */
export function sqliteFailure(cause: unknown): StreamError {
  return new StreamError(
    'ERR_STORE_FAILED',
    `expected the ledger to be written, found SQLite failing${cause instanceof Error && 'code' in cause ? ` with ${String(cause.code)}` : ''}`,
    { cause },
  );
}
