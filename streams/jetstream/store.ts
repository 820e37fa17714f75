import type { JetStreamManager, NatsConnection } from 'nats';
import { isCode, StreamError } from '../errors.js';
import {
  checkStreamId,
  type EventStore,
  type FollowItem,
  type ReadAllOptions,
  type ReadOptions,
  type StoredEvent,
} from '../eventStore.js';
import { numberOf } from '../position.js';
import { spoolStreams } from '../spool.js';
import { createWakeUps } from '../wakeUps.js';
import { createJetStreamAppend } from './append.js';
import { inspectJetStream } from './inspect.js';
import { createJetStreamReader, placeIn } from './reader.js';
import { MAX_APPENDS } from './stream.js';
import type { NatsPlace } from './url.js';

/** How long a follower waits for a hint before it looks again. */
const TICK_MS = 250;

/** A message of the log, and from which of its events on. */
type LogPlace = { readonly sequence: number; readonly index: number };

/** Creates the store over a JetStream stream that was found to be as it must be. */
export function createStore(
  connection: NatsConnection,
  manager: JetStreamManager,
  place: NatsPlace,
  origin: string,
): EventStore {
  const { name } = place;
  let isOpen = true;
  const isClosed = () => !isOpen;
  const reader = createJetStreamReader({ manager, name, isClosed });
  const append = createJetStreamAppend({ connection, reader, name, isClosed });
  const wakeUps = createWakeUps(TICK_MS);
  // What is published is a hint that something may be there to read, and nothing more.
  connection.subscribe(`${name}.*.*`, { callback: () => wakeUps.wakeAll() });

  function refuseClosed(): void {
    if (!isOpen) {
      throw new StreamError('ERR_STORE_CLOSED', 'expected an open store, found it closed');
    }
  }

  async function* forward(stream: string, options: ReadOptions): AsyncGenerator<StoredEvent> {
    const from = Math.max(options.from ?? 1, 1);
    const known = reader.boundaries.of(stream).version;
    for await (const { events } of reader.commits(stream, known < from ? known : 0)) {
      for (const event of events) {
        if (event.version >= from) {
          yield event;
        }
      }
    }
  }

  async function* backward(stream: string, options: ReadOptions): AsyncGenerator<StoredEvent> {
    const end = await reader.endOf(stream);
    const to = options.to ?? end.version;
    const last = end.version === 0 ? null : await reader.commitAt(stream, end.lastFirst);
    const events = [...(last?.events ?? [])];
    if (to < end.lastFirst || (options.limit ?? Number.MAX_SAFE_INTEGER) > events.length) {
      events.length = 0;
      for await (const commit of reader.commits(stream, 0)) {
        events.push(...commit.events);
      }
    }
    yield* events.reverse().filter(({ version }) => version <= to);
  }

  async function* read(stream: string, options: ReadOptions = {}): AsyncGenerator<StoredEvent> {
    checkStreamId(stream);
    refuseClosed();
    const { direction = 'forward', from = 1, to = Number.MAX_SAFE_INTEGER, signal } = options;
    let left = options.limit ?? Number.MAX_SAFE_INTEGER;
    const events = direction === 'forward' ? forward(stream, options) : backward(stream, options);
    for await (const event of events) {
      signal?.throwIfAborted();
      refuseClosed();
      if (left === 0 || event.version > to || event.version < from) {
        return;
      }
      left -= 1;
      yield event;
    }
  }

  /** Everything from a place on, wave after wave, until there is no more. */
  async function* logFrom(place: LogPlace): AsyncGenerator<StoredEvent> {
    let { sequence, index } = place;
    for (;;) {
      const wave = await reader.log(sequence);
      for (const { sequence: at, events } of wave) {
        yield* at === sequence ? events.slice(index) : events;
      }
      if (wave.length === 0) {
        return;
      }
      [sequence, index] = [(wave.at(-1)?.sequence ?? sequence) + 1, 0];
    }
  }

  /** The place after a position, which must be of this log. */
  async function placeAfter(position: string | null): Promise<LogPlace> {
    return position === null ? { sequence: 1, index: 0 } : nextTo(await reader.placeOf(position));
  }

  async function* readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    refuseClosed();
    const { through = null, signal } = options;
    if (through !== null) {
      await reader.placeOf(through);
    }
    let left = options.limit ?? Number.MAX_SAFE_INTEGER;
    if (left === 0) {
      return;
    }
    for await (const event of logFrom(await placeAfter(options.after ?? null))) {
      signal?.throwIfAborted();
      refuseClosed();
      if (through !== null && numberAt(event.position) > numberAt(through)) {
        return;
      }
      yield event;
      left -= 1;
      if (left === 0 || event.position === through) {
        return;
      }
    }
  }

  async function* follow(options: {
    readonly after: string | null;
    readonly signal: AbortSignal;
  }): AsyncGenerator<FollowItem> {
    refuseClosed();
    const { signal } = options;
    let next = await placeAfter(options.after);
    let saidCaughtUp = false;
    while (!signal.aborted) {
      refuseClosed();
      let count = 0;
      try {
        for await (const event of logFrom(next)) {
          if (signal.aborted) {
            return;
          }
          [next, count, saidCaughtUp] = [nextTo(placeIn(event.position)), count + 1, false];
          yield { kind: 'event', event };
        }
      } catch (error) {
        // Servers that are away come back: what was applied is where it goes on.
        if (!isCode(error, 'ERR_STORE_UNREACHABLE')) {
          throw error;
        }
        continue;
      }
      if (count === 0 && !saidCaughtUp) {
        saidCaughtUp = true;
        yield { kind: 'caught-up' };
      } else if (count === 0) {
        await wakeUps.next(signal);
      }
    }
  }

  return {
    capabilities: {
      engine: 'jetstream',
      durability: durabilityOf(connection, place),
      gaplessPositions: false,
      maxAppends: MAX_APPENDS,
    },
    origin,
    append: async (stream, expectedVersion, events, options) => {
      refuseClosed();
      return append(stream, expectedVersion, events, options?.deadlineMs);
    },
    read,
    readAll,
    readStreams: (options) => spoolStreams(readAll, options),
    follow,
    head: async () => {
      refuseClosed();
      return reader.head();
    },
    inspect: async () => {
      refuseClosed();
      return inspectJetStream(connection, manager, place);
    },
    close: async () => {
      isOpen = false;
      wakeUps.wakeAll();
      await connection.close();
    },
  };
}

/**
 * What an acknowledgement survives. Servers before 2.10 acknowledge before anything is forced to disk,
 * on every replica alike; later ones can be set otherwise, which clients cannot see: then the URL states it.
 */
function durabilityOf(
  connection: NatsConnection,
  { durability }: NatsPlace,
): EventStore['capabilities']['durability'] {
  const [major = 0, minor = 0] = (connection.info?.version ?? '').split('.').map(Number);
  const isEarlier = major < 2 || (major === 2 && minor < 10);
  return isEarlier || durability === null ? 'page-cache' : durability;
}

function nextTo({ sequence, index }: LogPlace): LogPlace {
  return { sequence, index: index + 1 };
}

function numberAt(position: string): number {
  return numberOf(position) ?? 0;
}
