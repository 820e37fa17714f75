import { eventHash } from './envelope.js';
import { StreamError } from './errors.js';
import {
  type AppendReceipt,
  appendMismatch,
  checkAppend,
  checkStreamId,
  comparePlace,
  conflict,
  type EventStore,
  type FollowItem,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type StoredEvent,
} from './eventStore.js';
import { foreignPosition, formatPosition, parsePosition, positionBeyondHead } from './position.js';
import { createWakeUps } from './wakeUps.js';

const SCHEME = 'memory';

/** A store that lives and dies with the process: for tests and for trying things out. */
export function createMemoryStore(origin: string): EventStore {
  const log: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const wakeUps = createWakeUps();
  let open = true;

  function refuseClosed(): void {
    if (!open) {
      throw new StreamError('ERR_STORE_CLOSED', 'expected an open store, found it closed');
    }
  }

  function indexAfter(position: Position | null | undefined): number {
    if (position === null || position === undefined) {
      return 0;
    }
    const { number, hash } = parsePosition(SCHEME, position);
    const event = log[number - 1];
    if (event === undefined) {
      throw positionBeyondHead(number, log.length);
    }
    if (!event.position.endsWith(hash)) {
      throw foreignPosition(`event ${number} to have the hash in the position`);
    }
    return number;
  }

  async function append(
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    options?: { readonly deadlineMs?: number },
  ): Promise<AppendReceipt> {
    checkAppend(stream, expectedVersion, events);
    refuseClosed();
    const existing = streams.get(stream) ?? [];
    if (existing.length !== expectedVersion) {
      return receiptOfRepeat(existing, expectedVersion, events);
    }
    if (options?.deadlineMs !== undefined && performance.now() > options.deadlineMs) {
      throw new StreamError('ERR_APPEND_EXPIRED', 'expected the append in time, found it late');
    }
    const stored = events.map((event, index) => {
      const hash = eventHash(event.header);
      return {
        ...event,
        data: Uint8Array.from(event.data),
        stream,
        version: expectedVersion + index + 1,
        position: formatPosition(SCHEME, log.length + index + 1, hash),
        hash,
      };
    });
    log.push(...stored);
    streams.set(stream, [...existing, ...stored]);
    wakeUps.wakeAll();
    return receiptOf(stored);
  }

  async function* read(stream: string, options: ReadOptions = {}) {
    checkStreamId(stream);
    refuseClosed();
    const { direction = 'forward', from = 1, to, limit } = options;
    const range = (streams.get(stream) ?? []).slice(Math.max(from, 1) - 1, to);
    for (const event of (direction === 'forward' ? range : range.reverse()).slice(0, limit)) {
      options.signal?.throwIfAborted();
      yield event;
    }
  }

  async function* readAll(options: ReadAllOptions = {}) {
    refuseClosed();
    const end = options.through ? indexAfter(options.through) : undefined;
    const range = log.slice(indexAfter(options.after), end).slice(0, options.limit);
    for (const event of range) {
      options.signal?.throwIfAborted();
      yield event;
    }
  }

  async function* readStreams(
    options: { readonly through?: Position | null; readonly signal?: AbortSignal } = {},
  ) {
    refuseClosed();
    const end = options.through ? indexAfter(options.through) : log.length;
    for (const name of streams.keys()) {
      for (const event of streams.get(name) ?? []) {
        options.signal?.throwIfAborted();
        if (parsePosition(SCHEME, event.position).number <= end) {
          yield event;
        }
      }
    }
  }

  async function* follow(options: {
    readonly after: Position | null;
    readonly signal: AbortSignal;
  }): AsyncGenerator<FollowItem> {
    let applied = indexAfter(options.after);
    let saidCaughtUp = false;
    while (!options.signal.aborted) {
      refuseClosed();
      const event = log[applied];
      if (event !== undefined) {
        applied += 1;
        saidCaughtUp = false;
        yield { kind: 'event', event };
      } else if (!saidCaughtUp) {
        saidCaughtUp = true;
        yield { kind: 'caught-up' };
      } else {
        await wakeUps.next(options.signal);
      }
    }
  }

  return {
    capabilities: { engine: 'memory', durability: 'memory', gaplessPositions: true },
    origin,
    append,
    read,
    readAll,
    readStreams,
    follow,
    head: async () => {
      refuseClosed();
      return log.at(-1) ?? null;
    },
    inspect: async () => [],
    close: async () => {
      open = false;
      wakeUps.wakeAll();
    },
  };
}

function receiptOfRepeat(
  existing: readonly StoredEvent[],
  expectedVersion: number,
  events: readonly NewEvent[],
): AppendReceipt {
  const atPlace = existing.slice(expectedVersion, expectedVersion + events.length);
  switch (comparePlace(atPlace, events)) {
    case 'same':
      return receiptOf(atPlace);
    case 'other':
      throw conflict(existing.length, expectedVersion);
    case 'mismatch':
      throw appendMismatch();
  }
}

function receiptOf(stored: readonly StoredEvent[]): AppendReceipt {
  const last = stored.at(-1);
  if (last === undefined) {
    throw new RangeError('an append has at least one event');
  }
  return { version: last.version, position: last.position };
}
