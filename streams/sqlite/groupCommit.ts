import type Database from 'better-sqlite3';
import { eventHash } from '../envelope.js';
import { StreamError } from '../errors.js';
import {
  type AppendReceipt,
  appendMismatch,
  comparePlace,
  conflict,
  type NewEvent,
} from '../eventStore.js';
import { isBusy, sqliteFailure } from './file.js';
import type { SqliteReader } from './reader.js';

/** The most appends that share one transaction, so that none waits long for the others. */
const MAX_APPENDS_PER_COMMIT = 256;
/** How long appends wait for another process's lock before they are refused with nothing written. */
const MAX_WAIT_MS = 10_000;
const RETRY_MS = 2;

/** One append as it waits for the next commit. */
type Append = {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly NewEvent[];
  readonly deadlineMs: number;
};

type Waiting = Append & {
  readonly resolve: (receipt: AppendReceipt) => void;
  readonly reject: (error: unknown) => void;
};

type Outcome = AppendReceipt | StreamError;

/**
 * Appends that wait together share one transaction and one fsync, each with its own result: a
 * refused one writes nothing and does not disturb the others.
 */
export function createGroupCommit(
  database: Database.Database,
  reader: SqliteReader,
  onCommit: () => void,
) {
  const selectStream = database.prepare('SELECT no, version FROM streams WHERE name = ?');
  const insertStream = database.prepare(
    'INSERT INTO streams (name, version, head_hash) VALUES (?, ?, ?)',
  );
  const updateStream = database.prepare(
    'UPDATE streams SET version = ?, head_hash = ? WHERE no = ?',
  );
  const insertEvent = database.prepare(
    'INSERT INTO events (position, stream, version, type, header, data) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');

  const waiting: Waiting[] = [];
  let running: Promise<void> | null = null;

  function append(request: Append): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      waiting.push({ ...request, resolve, reject });
      running ??= run();
    });
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      // One turn of the event loop lets every caller that is ready join this commit.
      await new Promise<void>((resolve) => setImmediate(resolve));
      await commitTogether(waiting.splice(0, MAX_APPENDS_PER_COMMIT));
    }
    running = null;
  }

  async function commitTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      await beginImmediate();
    } catch (error) {
      for (const request of batch) {
        request.reject(error);
      }
      return;
    }
    let outcomes: readonly Outcome[] | null = null;
    try {
      outcomes = writeAll(batch);
      commit.run();
    } catch (cause) {
      abandon();
      if (outcomes === null && batch.length > 1) {
        await commitEach(batch);
      } else {
        settleAfterFailure(batch, cause);
      }
      return;
    }
    for (const [index, request] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || outcome instanceof StreamError) {
        request.reject(outcome);
      } else {
        request.resolve(outcome);
      }
    }
    onCommit();
  }

  // One that cannot be written must not take the others with it.
  async function commitEach(batch: readonly Waiting[]): Promise<void> {
    for (const request of batch) {
      await commitTogether([request]);
    }
  }

  // IMMEDIATE takes the write lock before any version is read, so two writers cannot both pass.
  async function beginImmediate(): Promise<void> {
    const giveUpAt = performance.now() + MAX_WAIT_MS;
    for (;;) {
      try {
        begin.run();
        return;
      } catch (error) {
        if (!isBusy(error)) {
          throw sqliteFailure(error);
        }
        if (performance.now() > giveUpAt) {
          throw new StreamError(
            'ERR_STORE_BUSY',
            `expected the ledger's write lock within ${MAX_WAIT_MS} ms, found it held by another process`,
            { cause: error },
          );
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  function writeAll(batch: readonly Waiting[]): readonly Outcome[] {
    let position = reader.headNumber();
    return batch.map((request) => {
      const outcome = write(request, position);
      if (!(outcome instanceof StreamError) && outcome.written) {
        position += request.events.length;
      }
      return outcome instanceof StreamError ? outcome : outcome.receipt;
    });
  }

  function write(
    { stream, expectedVersion, events, deadlineMs }: Append,
    head: number,
  ): StreamError | { readonly receipt: AppendReceipt; readonly written: boolean } {
    // Sound: the columns are INTEGER in a STRICT table.
    const known = selectStream.get(stream) as { no: number; version: number } | undefined;
    const version = known?.version ?? 0;
    if (version !== expectedVersion) {
      const earlier = earlierReceipt(stream, expectedVersion, events, version);
      return earlier instanceof StreamError ? earlier : { receipt: earlier, written: false };
    }
    if (performance.now() > deadlineMs) {
      return new StreamError(
        'ERR_APPEND_EXPIRED',
        'expected the append to reach the ledger in time, found it late; nothing was written',
      );
    }
    const hashes = events.map((event) => eventHash(event.header));
    const headHash = hashes.at(-1);
    if (headHash === undefined) {
      throw new RangeError('an append has at least one event');
    }
    const newVersion = expectedVersion + events.length;
    const number =
      known?.no ?? Number(insertStream.run(stream, newVersion, headHash).lastInsertRowid);
    for (const [index, { type, header, data }] of events.entries()) {
      insertEvent.run(head + index + 1, number, expectedVersion + index + 1, type, header, data);
    }
    if (known !== undefined) {
      updateStream.run(newVersion, headHash, number);
    }
    const position = reader.position(head + events.length, headHash);
    return { receipt: { version: newVersion, position }, written: true };
  }

  function earlierReceipt(
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    version: number,
  ): Outcome {
    const atPlace = reader.stream({
      stream,
      from: expectedVersion + 1,
      to: expectedVersion + events.length,
      limit: events.length,
      direction: 'forward',
    });
    const last = atPlace.at(-1);
    const comparison = comparePlace(atPlace, events);
    if (last === undefined || comparison === 'other') {
      return conflict(version, expectedVersion);
    }
    return comparison === 'same'
      ? { version: last.version, position: last.position }
      : appendMismatch();
  }

  function abandon(): void {
    try {
      if (database.inTransaction) {
        rollback.run();
      }
    } catch {
      // What failed before this is what the callers are told; SQLite rolls back when it opens again.
    }
  }

  // A commit that failed may still have reached the disk: what stands at each place decides.
  function settleAfterFailure(batch: readonly Waiting[], cause: unknown): void {
    for (const request of batch) {
      try {
        const { stream, expectedVersion, events } = request;
        const outcome = earlierReceipt(stream, expectedVersion, events, expectedVersion);
        if (outcome instanceof StreamError) {
          request.reject(sqliteFailure(cause));
        } else {
          request.resolve(outcome);
        }
      } catch {
        request.reject(
          new StreamError(
            'ERR_APPEND_OUTCOME_UNKNOWN',
            'expected to learn whether the append was written, found the ledger unreadable',
            { cause },
          ),
        );
      }
    }
  }

  return {
    append,
    /** Resolves when nothing waits any more. */
    drained: async (): Promise<void> => {
      await running;
    },
  };
}
