import { setTimeout as sleep } from 'node:timers/promises';
import { type NatsConnection, NatsError } from 'nats';
import { eventHash } from '../envelope.js';
import { StreamError } from '../errors.js';
import {
  type AppendReceipt,
  appendMismatch,
  checkAppend,
  comparePlace,
  conflict,
  type NewEvent,
  type StoredEvent,
} from '../eventStore.js';
import { isTaken, isUnanswered, REQUEST_TIMEOUT_MS, refusedByNats } from '../natsConnection.js';
import { packEvents } from './envelope.js';
import { type JetStreamReader, positionOf } from './reader.js';
import { appendSubject } from './stream.js';

/** How long one set of bytes is sent again while nobody says what became of it. */
const BUDGET_MS = 20_000;
const RETRY_MS = 100;

/** Appends to one JetStream stream: each append is one message under a subject of its own. */
export type JetStreamAppend = (
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  deadlineMs?: number,
) => Promise<AppendReceipt>;

/**
 * Creates the appends. What makes them exact is that a subject can be created only once, the one check
 * that held on every server: the subject names stream and first version. So an expectation that is where
 * an append ended is kept by the server, and any other is refused before.
 */
export function createJetStreamAppend(parts: {
  readonly connection: NatsConnection;
  readonly reader: JetStreamReader;
  readonly name: string;
  readonly isClosed: () => boolean;
}): JetStreamAppend {
  const { connection, reader, name, isClosed } = parts;
  const jetstream = connection.jetstream({ timeout: REQUEST_TIMEOUT_MS });

  /** Sends once. `null` where it is not known what became of it. */
  async function send(subject: string, message: Uint8Array): Promise<number | 'taken' | null> {
    try {
      const { seq, duplicate } = await jetstream.publish(subject, message, {
        expect: { lastSubjectSequence: 0, streamName: name },
      });
      return duplicate ? null : seq;
    } catch (error) {
      if (!(error instanceof NatsError)) {
        throw error;
      }
      if (isUnanswered(error)) {
        return null;
      }
      if (isTaken(error)) {
        return 'taken';
      }
      throw refusedByNats(error);
    }
  }

  /** The events that stand where these would, as far as there are any. */
  async function standing(
    stream: string,
    expectedVersion: number,
    count: number,
  ): Promise<{ readonly version: number; readonly atPlace: readonly StoredEvent[] }> {
    const known = reader.boundaries.of(stream).version;
    const atPlace: StoredEvent[] = [];
    let version = known <= expectedVersion ? known : 0;
    for await (const { events } of reader.commits(stream, version)) {
      version += events.length;
      atPlace.push(...events.filter((event) => isWithin(event, expectedVersion, count)));
    }
    return { version, atPlace };
  }

  /** The receipt of the same append where it stands already; throws where something else does. */
  async function settle(
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
  ): Promise<AppendReceipt | { readonly version: number }> {
    const { version, atPlace } = await standing(stream, expectedVersion, events.length);
    const last = atPlace.at(-1);
    if (last === undefined) {
      return { version };
    }
    switch (comparePlace(atPlace, events)) {
      case 'same':
        return { version: last.version, position: last.position };
      case 'other':
        throw conflict(version, expectedVersion);
      case 'mismatch':
        throw appendMismatch();
    }
  }

  return async (stream, expectedVersion, events, deadlineMs = Number.POSITIVE_INFINITY) => {
    checkAppend(stream, expectedVersion, events);
    if (expectedVersion !== 0 && reader.boundaries.of(stream).version !== expectedVersion) {
      const found = await settle(stream, expectedVersion, events);
      if ('position' in found) {
        return found;
      }
      if (found.version !== expectedVersion) {
        throw conflict(found.version, expectedVersion);
      }
    }
    const subject = appendSubject(name, stream, expectedVersion + 1);
    const message = packEvents(events);
    const untilMs = Math.min(performance.now() + BUDGET_MS, deadlineMs);
    for (let isUnknown = false; ; ) {
      if (isClosed()) {
        throw new StreamError('ERR_STORE_CLOSED', 'expected an open store, found it closed');
      }
      if (performance.now() > untilMs) {
        throw isUnknown ? outcomeUnknown() : expired();
      }
      const sent = await send(subject, message);
      if (typeof sent === 'number') {
        const version = expectedVersion + events.length;
        reader.boundaries.note(stream, { version, lastFirst: expectedVersion + 1 });
        return { version, position: positionAt(sent, events) };
      }
      isUnknown ||= sent === null;
      const found = await settleOrUnknown(stream, expectedVersion, events, isUnknown);
      if ('position' in found) {
        return found;
      }
      // Nothing stands there yet: the same bytes again are harmless, whatever is still under way.
      await sleep(RETRY_MS);
    }
  };

  async function settleOrUnknown(
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    isUnknown: boolean,
  ): Promise<AppendReceipt | { readonly version: number }> {
    try {
      return await settle(stream, expectedVersion, events);
    } catch (error) {
      const isDecided =
        error instanceof StreamError &&
        ['ERR_VERSION_CONFLICT', 'ERR_APPEND_MISMATCH'].includes(error.code);
      throw isUnknown && !isDecided ? outcomeUnknown(error) : error;
    }
  }
}

function isWithin({ version }: StoredEvent, after: number, count: number): boolean {
  return version > after && version <= after + count;
}

function positionAt(sequence: number, events: readonly NewEvent[]): string {
  const last = events.at(-1);
  if (last === undefined) {
    throw new RangeError('an append has at least one event');
  }
  return positionOf(sequence, events.length - 1, eventHash(last.header));
}

function outcomeUnknown(cause?: unknown): StreamError {
  return new StreamError(
    'ERR_APPEND_OUTCOME_UNKNOWN',
    'expected to learn from NATS whether the append was written, found no server that says',
    { cause },
  );
}

function expired(): StreamError {
  return new StreamError(
    'ERR_APPEND_EXPIRED',
    'expected the append to reach NATS in time, found it late; nothing was written',
  );
}
