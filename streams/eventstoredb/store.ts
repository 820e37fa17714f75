import {
  type AppendReceipt,
  checkAppend,
  checkStreamId,
  type EventStore,
  type NewEvent,
  PAGE_SIZE_EVENTS,
  type ReadAllOptions,
  type ReadOptions,
  type StoredEvent,
} from '../eventStore.js';
import { spoolStreams } from '../spool.js';
import { createEventStoreDbAppend } from './append.js';
import { LedgerClient } from './client.js';
import { storeClosed } from './errors.js';
import { createFollow } from './follow.js';
import { createHints } from './hint.js';
import { inspectEventStoreDb } from './inspect.js';
import { openingLimits, readOrigin, recordOrigin } from './origin.js';
import { createEventStoreDbReader, numberOf } from './reader.js';
import { repeatedly, untilAborted } from './retry.js';
import { type EventStoreDbPlace, parseEventStoreDbUrl } from './url.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes an empty ledger on an EventStoreDB or KurrentDB server; does nothing where it is made. Throws
 * `ERR_STORE_URL`, `ERR_STORE_UNREACHABLE`, and `ERR_LEDGER_MISMATCH` where the name holds a ledger of
 * another origin.
 */
export async function createEventStoreDbStore(
  url: string,
  origin: string,
  environment: Environment = process.env,
): Promise<void> {
  const place = parseEventStoreDbUrl(url, environment);
  const client = new LedgerClient(place);
  try {
    await recordOrigin(client, place, origin);
  } finally {
    await client.end();
  }
}

/**
 * Opens a ledger on a server, made before by `createEventStoreDbStore`. Throws `ERR_STORE_URL`,
 * `ERR_STORE_UNREACHABLE`, and `ERR_LEDGER_MISSING` where there is none.
 *
 * Durability is `replicated` where the server's gossip names more than one node: an append is then
 * acknowledged when a majority has written it. A single node is `fsync`: it flushes to disk before it
 * acknowledges, unless its operator turned that off (`UnsafeDisableFlushToDisk`), which no call tells.
 */
export async function openEventStoreDbStore(
  url: string,
  environment: Environment = process.env,
): Promise<EventStore> {
  const place = parseEventStoreDbUrl(url, environment);
  const client = new LedgerClient(place);
  try {
    const origin = await readOrigin(client, place);
    const members = await repeatedly(() => client.members(), openingLimits(place));
    return createStore({ client, place, origin, isCluster: members.length > 1 });
  } catch (error) {
    await client.end();
    throw error;
  }
}

function createStore(context: {
  readonly client: LedgerClient;
  readonly place: EventStoreDbPlace;
  readonly origin: string;
  readonly isCluster: boolean;
}): EventStore {
  const { client, place } = context;
  const reader = createEventStoreDbReader(client, place.name);
  const wakeUps = createHints(client, place.name);
  const appending = new Set<Promise<unknown>>();
  let open = true;
  const isClosed = () => !open;
  const appendBytes = createEventStoreDbAppend({ client, reader, place, isClosed });

  function refuseClosed(): void {
    if (isClosed()) {
      throw storeClosed();
    }
  }

  /** One page or one answer, tried again for as long as the URL says. */
  function fetch<Result>(call: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    refuseClosed();
    const giveUpAt = performance.now() + place.retryBudgetMs;
    const isOver = () => isClosed() || signal?.aborted === true;
    return untilAborted(repeatedly(call, { giveUpAt, isClosed: isOver }), signal);
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
    const running = appendBytes({ stream, expectedVersion, events, deadlineMs });
    appending.add(running);
    try {
      return await running;
    } finally {
      appending.delete(running);
      wakeUps.wakeAll();
    }
  }

  async function* read(stream: string, options: ReadOptions = {}): AsyncGenerator<StoredEvent> {
    checkStreamId(stream);
    const { direction = 'forward', signal } = options;
    const low = Math.max(options.from ?? 1, 1);
    const high = await highestOf(stream, options);
    let next = direction === 'forward' ? low : high;
    let left = Math.min(options.limit ?? Number.MAX_SAFE_INTEGER, high - low + 1);
    while (left > 0) {
      signal?.throwIfAborted();
      const limit = Math.min(left, PAGE_SIZE_EVENTS);
      const from = next === Number.MAX_SAFE_INTEGER ? 'end' : next;
      const page = await fetch(() => reader.stream({ stream, from, limit, direction }), signal);
      for (const event of page) {
        signal?.throwIfAborted();
        if (event.version < low) {
          return;
        }
        yield event;
        next = event.version + (direction === 'forward' ? 1 : -1);
      }
      left -= page.length;
      if (page.length < limit || next === 0) {
        return;
      }
    }
  }

  // A server reads backwards from a version that does not exist page by empty page.
  async function highestOf(stream: string, { direction, to }: ReadOptions): Promise<number> {
    const asked = to ?? Number.MAX_SAFE_INTEGER;
    return direction === 'backward' && to !== undefined
      ? Math.min(asked, await fetch(() => reader.version(stream)))
      : asked;
  }

  async function* readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const { through, signal } = options;
    const end = through ? await fetch(() => reader.numberAt(through)) : Number.POSITIVE_INFINITY;
    let after = options.after ?? null;
    let left = options.limit ?? Number.MAX_SAFE_INTEGER;
    while (left > 0) {
      signal?.throwIfAborted();
      const limit = Math.min(left, PAGE_SIZE_EVENTS);
      const page = await fetch(() => reader.log({ after, limit }), signal);
      for (const event of page) {
        signal?.throwIfAborted();
        if (numberOf(event) > end) {
          return;
        }
        yield event;
        after = event.position;
      }
      if (page.length === 0) {
        return;
      }
      left -= page.length;
    }
  }

  return {
    capabilities: {
      engine: 'eventstoredb',
      durability: context.isCluster ? 'replicated' : 'fsync',
      gaplessPositions: false,
    },
    origin: context.origin,
    append,
    read,
    readAll,
    readStreams: (options) => spoolStreams(readAll, options),
    follow: createFollow({ reader, wakeUps, fetch, refuseClosed }),
    head: async () => fetch(() => reader.head()),
    inspect: async () => fetch(() => inspectEventStoreDb({ client, reader, place })),
    close: async () => {
      open = false;
      wakeUps.end();
      await Promise.allSettled(appending);
      await client.end();
    },
  };
}
