import type Database from 'better-sqlite3';
import { StreamError } from '../errors.js';
import {
  type AppendReceipt,
  checkAppend,
  checkStreamId,
  type EventStore,
  type FollowItem,
  type NewEvent,
  PAGE_SIZE_EVENTS,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type StoredEvent,
} from '../eventStore.js';
import { createWakeUps } from '../wakeUps.js';
import { blockUntilFree, checkKind, isUnmade, markKind, openDatabase } from './file.js';
import { createGroupCommit } from './groupCommit.js';
import { inspectSqlite } from './inspect.js';
import { createSqliteReader } from './reader.js';
import { LEDGER_FILE, SCHEMA } from './schema.js';

/** How long a follower waits for another process's commits before it looks again. */
const TICK_MS = 100;

/**
 * Makes the tables of a ledger in an empty database file; does nothing where they are made. Throws
 * `ERR_LEDGER_MISMATCH` when the file holds a ledger of another origin.
 */
export function createSqliteStore(path: string, origin: string): void {
  const database = openDatabase(path, LEDGER_FILE.name);
  try {
    const make = database.transaction(() => {
      if (isUnmade(database)) {
        database.exec(SCHEMA);
        database.prepare('INSERT INTO meta (format, origin) VALUES (1, ?)').run(origin);
        markKind(database, LEDGER_FILE);
      }
    });
    blockUntilFree(() => make.immediate());
    checkKind(database, LEDGER_FILE);
    if (originOf(database) !== origin) {
      throw new StreamError(
        'ERR_LEDGER_MISMATCH',
        'expected a ledger of the origin given, found one of another',
      );
    }
  } finally {
    database.close();
  }
}

/**
 * Opens a ledger in one SQLite file, made before by `createSqliteStore`. Any number of processes of
 * one machine may have it open. Throws `ERR_LEDGER_MISSING` when there is none.
 */
export function openSqliteStore(path: string): EventStore {
  const database = openDatabase(path, LEDGER_FILE.name);
  try {
    checkKind(database, LEDGER_FILE);
    return createStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createStore(database: Database.Database): EventStore {
  const reader = createSqliteReader(database);
  const wakeUps = createWakeUps(TICK_MS);
  const groupCommit = createGroupCommit(database, reader, wakeUps.wakeAll);

  function refuseClosed(): void {
    if (!database.open) {
      throw new StreamError('ERR_STORE_CLOSED', 'expected an open store, found it closed');
    }
  }

  async function append(
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    options?: { readonly deadlineMs?: number },
  ): Promise<AppendReceipt> {
    checkAppend(stream, expectedVersion, events);
    refuseClosed();
    const deadlineMs = options?.deadlineMs ?? Number.POSITIVE_INFINITY;
    return groupCommit.append({ stream, expectedVersion, events, deadlineMs });
  }

  async function* read(stream: string, options: ReadOptions = {}): AsyncGenerator<StoredEvent> {
    checkStreamId(stream);
    const { direction = 'forward', signal } = options;
    let from = Math.max(options.from ?? 1, 1);
    let to = options.to ?? Number.MAX_SAFE_INTEGER;
    let left = options.limit ?? Number.MAX_SAFE_INTEGER;
    for (;;) {
      signal?.throwIfAborted();
      refuseClosed();
      const asked = Math.min(left, PAGE_SIZE_EVENTS);
      const page = reader.stream({ stream, from, to, limit: asked, direction });
      for (const event of page) {
        signal?.throwIfAborted();
        yield event;
        if (direction === 'forward') {
          from = event.version + 1;
        } else {
          to = event.version - 1;
        }
      }
      left -= page.length;
      if (page.length < asked || left === 0) {
        return;
      }
    }
  }

  async function* readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    refuseClosed();
    let after = reader.numberOf(options.after ?? null);
    const through = options.through ? reader.numberOf(options.through) : Number.MAX_SAFE_INTEGER;
    let left = options.limit ?? Number.MAX_SAFE_INTEGER;
    while (left > 0) {
      options.signal?.throwIfAborted();
      refuseClosed();
      const page = reader.log({ after, through, limit: Math.min(left, PAGE_SIZE_EVENTS) });
      for (const event of page) {
        options.signal?.throwIfAborted();
        yield event;
      }
      if (page.length === 0) {
        return;
      }
      left -= page.length;
      after = reader.numberIn(page);
    }
  }

  async function* readStreams(
    options: { readonly through?: Position | null; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<StoredEvent> {
    refuseClosed();
    const through = options.through ? reader.numberOf(options.through) : Number.MAX_SAFE_INTEGER;
    let place = { stream: 0, version: 0 };
    for (;;) {
      options.signal?.throwIfAborted();
      refuseClosed();
      const page = reader.streams({ ...place, through, limit: PAGE_SIZE_EVENTS });
      for (const { event } of page) {
        options.signal?.throwIfAborted();
        yield event;
      }
      const last = page.at(-1);
      if (last === undefined) {
        return;
      }
      place = { stream: last.streamNumber, version: last.event.version };
    }
  }

  async function* follow(options: {
    readonly after: Position | null;
    readonly signal: AbortSignal;
  }): AsyncGenerator<FollowItem> {
    refuseClosed();
    let applied = reader.numberOf(options.after);
    let saidCaughtUp = false;
    while (!options.signal.aborted) {
      refuseClosed();
      const page = reader.log({
        after: applied,
        through: Number.MAX_SAFE_INTEGER,
        limit: PAGE_SIZE_EVENTS,
      });
      for (const event of page) {
        if (options.signal.aborted) {
          return;
        }
        applied = reader.numberIn([event]);
        yield { kind: 'event', event };
      }
      if (page.length > 0) {
        saidCaughtUp = false;
      } else if (!saidCaughtUp) {
        saidCaughtUp = true;
        yield { kind: 'caught-up' };
      } else {
        await wakeUps.next(options.signal);
      }
    }
  }

  return {
    capabilities: {
      engine: 'sqlite',
      durability: 'fsync',
      gaplessPositions: true,
      keepsCallOrder: true,
    },
    origin: originOf(database),
    append,
    read,
    readAll,
    readStreams,
    follow,
    head: async () => {
      refuseClosed();
      return reader.head();
    },
    inspect: async () => {
      refuseClosed();
      return inspectSqlite(database);
    },
    close: async () => {
      await groupCommit.drained();
      database.close();
      wakeUps.wakeAll();
    },
  };
}

function originOf(database: Database.Database): string {
  return database.prepare('SELECT origin FROM meta').pluck().get() as string;
}
