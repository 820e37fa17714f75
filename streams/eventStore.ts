import { StreamError } from './errors.js';

/** One event as it is given to an engine: opaque bytes under a type and the exact header text that is hashed. */
export type NewEvent = {
  readonly type: string;
  /** Canonical JSON (RFC 8785); the event's id, stream and version are in it. */
  readonly header: string;
  readonly data: Uint8Array;
};

/** One event as it was stored, byte for byte. */
export type StoredEvent = NewEvent & {
  readonly stream: string;
  /** Place in the stream, from 1, without gaps. */
  readonly version: number;
  readonly position: Position;
  /** The event hash: 32 bytes, computed from the header that was read. */
  readonly hash: Uint8Array;
};

/**
 * A place in the whole log as opaque text, `<scheme>.<number>.<16 hex of that event's hash>`. The hash
 * makes a position of another store, or of a timeline that a restored backup has left, recognisable.
 */
export type Position = string;

/** What an append answers: the version of its last event, and that event's position. */
export type AppendReceipt = { readonly version: number; readonly position: Position };

/** What an engine guarantees; stated, never emulated. */
type Capabilities = {
  readonly engine: string;
  /** What an acknowledged append survives: power loss, loss of a machine, loss of the process, or nothing. */
  readonly durability: 'fsync' | 'replicated' | 'page-cache' | 'memory';
  readonly gaplessPositions: boolean;
  /** True where appends asked for one after another, without waiting, are recorded in that order. */
  readonly keepsCallOrder?: boolean;
  /** How many appends it can hold; no limit where it is not stated. */
  readonly maxAppends?: number;
};

/** One thing that an engine checked about itself: its settings, its file, its own bookkeeping. */
export type Finding = {
  readonly check: string;
  readonly isGood: boolean;
  readonly found: string;
};

/** One item of a follow: an event, or the news that everything recorded has been given. */
export type FollowItem =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'caught-up' };

/** How to read one stream. Versions are inclusive; `backward` starts at `to` or the end. */
export type ReadOptions = {
  readonly direction?: 'forward' | 'backward';
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly signal?: AbortSignal;
};

/** How to read the whole log: after one position, through another, at most `limit` events. */
export type ReadAllOptions = {
  readonly after?: Position | null;
  readonly through?: Position | null;
  readonly limit?: number;
  readonly signal?: AbortSignal;
};

/**
 * The contract that every engine keeps and `test/streams/contract.ts` states as tests. Events are
 * immutable: there is no call that changes or removes one.
 *
 * - `append` writes all of its events or none, after exactly `expectedVersion` events (0: the stream
 *   must not exist); else `ERR_VERSION_CONFLICT` with the actual version. It is durable on return, as
 *   `capabilities.durability` says. It is idempotent by place, for ever: the same events at the same
 *   place are answered with the original receipt, however late; others under the same first id with
 *   `ERR_APPEND_MISMATCH`. A time-out or a lost reply is resolved inside the engine by reading back;
 *   `ERR_APPEND_OUTCOME_UNKNOWN` means that even this failed. Every other error means that nothing
 *   was written. `deadlineMs` is a `performance.now()` time after which nothing may be written any
 *   more (`ERR_APPEND_EXPIRED`): the header's time must not be older than that when it appears.
 * - Positions grow in commit order; the events of one append are contiguous; a reader never sees a
 *   position before an earlier one.
 * - `read` and `readAll` yield what is there when each page is read; an early `break` frees
 *   everything; an abort ends the iteration with the signal's reason.
 * - `readStreams` yields whole streams one after another in a stable order.
 * - `follow` yields what was recorded after a position and goes on as more is; `caught-up` is said
 *   once per transition. It re-reads from the last position given, so nothing is skipped or doubled;
 *   the consumer's pace is its bound; an error in the consumer ends it at that position.
 * - `head` is the last event of the log, `null` in an empty one.
 */
export type EventStore = {
  readonly capabilities: Capabilities;
  /** The name of the ledger, in every header. */
  readonly origin: string;
  readonly append: (
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    options?: { readonly deadlineMs?: number },
  ) => Promise<AppendReceipt>;
  readonly read: (stream: string, options?: ReadOptions) => AsyncIterable<StoredEvent>;
  readonly readAll: (options?: ReadAllOptions) => AsyncIterable<StoredEvent>;
  readonly readStreams: (options?: {
    readonly through?: Position | null;
    readonly signal?: AbortSignal;
  }) => AsyncIterable<StoredEvent>;
  readonly follow: (options: {
    readonly after: Position | null;
    readonly signal: AbortSignal;
  }) => AsyncIterable<FollowItem>;
  readonly head: () => Promise<StoredEvent | null>;
  /** What the engine can say of its own health; it may read everything. */
  readonly inspect: () => Promise<readonly Finding[]>;
  readonly close: () => Promise<void>;
};

/** The most events in one append, on every engine, so that a ledger can move between them. */
export const MAX_EVENTS_PER_APPEND = 64;
/** The most bytes of headers and data in one append. */
export const MAX_BYTES_PER_APPEND = 512 * 1024;
/** How many events engines read at a time. */
export const PAGE_SIZE_EVENTS = 256;

/** Refuses what no engine may accept, before any I/O: stream ids, empty and oversized appends. */
export function checkAppend(
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
): void {
  checkStreamId(stream);
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) {
    throw new RangeError(`expectedVersion is a count, not ${expectedVersion}`);
  }
  if (events.length === 0) {
    throw new StreamError('ERR_APPEND_EMPTY', 'expected at least one event to append, found none');
  }
  const bytes = events.reduce(
    (sum, event) => sum + Buffer.byteLength(event.header) + event.data.length,
    0,
  );
  if (events.length > MAX_EVENTS_PER_APPEND || bytes > MAX_BYTES_PER_APPEND) {
    throw new StreamError(
      'ERR_APPEND_TOO_LARGE',
      `expected at most ${MAX_EVENTS_PER_APPEND} events and ${MAX_BYTES_PER_APPEND} bytes in one append, found ${events.length} and ${bytes}`,
    );
  }
}

/** Refuses a stream id that is not `^[a-z]+(-[A-Za-z0-9]+)*$` of at most 64 characters. */
export function checkStreamId(stream: string): void {
  if (stream.length > 64 || !/^[a-z]+(-[A-Za-z0-9]+)*$/.test(stream)) {
    throw new StreamError(
      'ERR_STREAM_ID',
      `expected a stream id of at most 64 letters, digits and single hyphens, starting with small letters, found ${stream.length} characters of another form`,
    );
  }
}

/**
 * Tells a repeated append from a conflict: `same` when the stored events are those given, `other`
 * when their first ids differ, `mismatch` when the first id is the same and anything else is not.
 */
export function comparePlace(
  stored: readonly NewEvent[],
  given: readonly NewEvent[],
): 'same' | 'other' | 'mismatch' {
  const [firstStored] = stored;
  const [firstGiven] = given;
  if (firstStored === undefined || firstGiven === undefined) {
    return 'other';
  }
  if (idOf(firstStored) !== idOf(firstGiven)) {
    return 'other';
  }
  const same =
    stored.length === given.length &&
    stored.every((event, index) => {
      const other = given[index];
      return (
        other !== undefined &&
        event.type === other.type &&
        event.header === other.header &&
        Buffer.compare(event.data, other.data) === 0
      );
    });
  return same ? 'same' : 'mismatch';
}

/** The error for an append that came too late, too early or upon another's events. */
export function conflict(
  actualVersion: number,
  expectedVersion: number,
  cause?: unknown,
): StreamError {
  return new StreamError(
    'ERR_VERSION_CONFLICT',
    `expected the stream to hold ${expectedVersion} events, found ${actualVersion}`,
    { actualVersion, cause },
  );
}

/** The error for a repeated append that holds other events than the first. */
export function appendMismatch(): StreamError {
  return new StreamError(
    'ERR_APPEND_MISMATCH',
    'expected the same events as before under the same first id, found others',
  );
}

function idOf(event: NewEvent): unknown {
  return (JSON.parse(event.header) as { id?: unknown }).id;
}
