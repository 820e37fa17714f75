import { binaryEvent } from '@eventstore/db-client';
import { StreamError } from '../errors.js';
import {
  type AppendReceipt,
  appendMismatch,
  comparePlace,
  conflict,
  type NewEvent,
  type StoredEvent,
} from '../eventStore.js';
import type { LedgerClient } from './client.js';
import { actualVersionIn, type Failure, failureOf, storeClosed, storeError } from './errors.js';
import type { EventStoreDbReader } from './reader.js';
import { pauseBefore, repeatedly } from './retry.js';
import type { EventStoreDbPlace } from './url.js';

/** One append: bytes for a place, and the `performance.now()` time after which they may not be sent. */
type Append = {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly NewEvent[];
  readonly deadlineMs: number;
};

type WireEvent = ReturnType<typeof toWire>;

type Sent =
  | { readonly kind: 'written' }
  | { readonly kind: 'conflict'; readonly actualVersion: number; readonly cause: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly cause: unknown };

/** How long a conflict waits to see the events that caused it: they may be written and not yet readable. */
const CONFLICT_VISIBLE_MS = 1_000;

/** Writes to one ledger on a server. `isClosed` ends repetitions. */
export function createEventStoreDbAppend(context: {
  readonly client: LedgerClient;
  readonly reader: EventStoreDbReader;
  readonly place: EventStoreDbPlace;
  readonly isClosed: () => boolean;
}) {
  const { client, reader, place, isClosed } = context;

  /**
   * Sends the bytes until it is known what became of them: with the same expected version each time, so
   * that they are written once at most. What the server says is never the receipt: that is read from
   * where the events really are.
   */
  return async function append(request: Append): Promise<AppendReceipt> {
    const giveUpAt = performance.now() + place.retryBudgetMs;
    const wire = request.events.map(toWire);
    let isUnclear = false;
    let isUnread = false;
    for (let repetition = 1; ; repetition += 1) {
      const isLate = performance.now() >= request.deadlineMs;
      // What may have been written is looked for before it is sent again.
      const sent = isLate || isUnread ? null : await send(request, wire);
      if (sent?.kind === 'written') {
        return await receiptOfWritten(request, giveUpAt);
      }
      if (sent?.kind === 'conflict') {
        return await receiptOfConflict(request, sent, giveUpAt);
      }
      isUnclear ||= sent?.failure === 'unclear';
      if (isLate || isUnclear) {
        const found = await lookUp(request);
        if (typeof found === 'object') {
          return found;
        }
        isUnread = found === 'unreadable';
      }
      const isOver = performance.now() > giveUpAt || (isLate && !(isUnclear && isUnread));
      refuseToGoOn({ isLate, isUnclear, isOver, failure: sent?.failure, cause: sent?.cause });
      await pauseBefore(repetition);
    }
  };

  async function send(request: Append, wire: WireEvent[]): Promise<Sent> {
    const { stream, expectedVersion, deadlineMs } = request;
    try {
      await client.connect();
    } catch (cause) {
      return { kind: 'failed', failure: 'not-sent', cause };
    }
    const leftMs = Math.ceil(deadlineMs - performance.now());
    if (leftMs <= 0) {
      return { kind: 'failed', failure: 'not-sent', cause: expired() };
    }
    try {
      await client.appendToStream(`${place.name}.${stream}`, wire, {
        ...client.callOptions(Math.min(place.timeoutMs, leftMs)),
        expectedRevision: expectedVersion === 0 ? 'no_stream' : BigInt(expectedVersion - 1),
      });
      return { kind: 'written' };
    } catch (cause) {
      const actualVersion = actualVersionIn(cause);
      return actualVersion === null
        ? { kind: 'failed', failure: failureOf(cause), cause }
        : { kind: 'conflict', actualVersion, cause };
    }
  }

  async function receiptOfWritten(request: Append, giveUpAt: number): Promise<AppendReceipt> {
    const stored = await knownPlace(request, request.events.length, giveUpAt);
    if (stored.length < request.events.length) {
      throw outcomeUnknown(new Error('what was written could not be read in time'));
    }
    // The server compares ids alone and calls other bytes under the same ids a repetition.
    return receiptOf(request, stored, request.expectedVersion);
  }

  async function receiptOfConflict(
    request: Append,
    { actualVersion, cause }: { readonly actualVersion: number; readonly cause: unknown },
    giveUpAt: number,
  ): Promise<AppendReceipt> {
    const { expectedVersion, events } = request;
    const there = Math.min(actualVersion - expectedVersion, events.length);
    const visibleAt = performance.now() + CONFLICT_VISIBLE_MS;
    const stored = await knownPlace(request, there, Math.min(giveUpAt, visibleAt));
    return receiptOf(request, stored, actualVersion, cause);
  }

  /** What stands at the place, once so many events can be read there or the time is over. */
  async function knownPlace(
    request: Append,
    count: number,
    giveUpAt: number,
  ): Promise<readonly StoredEvent[]> {
    for (let repetition = 1; ; repetition += 1) {
      const stored = await repeatedly(() => placeOf(request), {
        giveUpAt,
        isClosed: () => false,
      }).catch((error: unknown) => {
        throw outcomeUnknown(error);
      });
      if (stored.length >= count || performance.now() > giveUpAt) {
        return stored;
      }
      await pauseBefore(repetition);
    }
  }

  async function lookUp(request: Append): Promise<AppendReceipt | 'absent' | 'unreadable'> {
    let stored: readonly StoredEvent[];
    let actualVersion: number;
    try {
      stored = await placeOf(request);
      actualVersion = stored.length === 0 ? 0 : await reader.version(request.stream);
    } catch {
      return 'unreadable';
    }
    const part = request.events.slice(0, stored.length);
    // A part of it may just be becoming readable; of less than all, the next attempt tells what it is.
    const isPart =
      stored.length < request.events.length && comparePlace(stored, part) !== 'mismatch';
    return isPart ? 'absent' : receiptOf(request, stored, actualVersion);
  }

  function placeOf({ stream, expectedVersion, events }: Append): Promise<readonly StoredEvent[]> {
    const limit = events.length;
    return reader.stream({ stream, from: expectedVersion + 1, limit, direction: 'forward' });
  }

  function refuseToGoOn(state: {
    readonly isLate: boolean;
    readonly isUnclear: boolean;
    readonly isOver: boolean;
    readonly failure: Failure | undefined;
    readonly cause: unknown;
  }): void {
    const isHopeless = state.failure === 'denied' || state.failure === 'refused';
    if (!(state.isOver || isHopeless || isClosed())) {
      return;
    }
    if (state.isUnclear) {
      throw outcomeUnknown(state.cause);
    }
    if (state.isLate) {
      throw expired();
    }
    throw isClosed() ? storeClosed() : storeError(state.cause);
  }
}

function receiptOf(
  { expectedVersion, events }: Append,
  stored: readonly StoredEvent[],
  actualVersion: number,
  cause?: unknown,
): AppendReceipt {
  const last = stored.at(-1);
  const comparison = comparePlace(stored, events);
  if (last === undefined || comparison === 'other') {
    throw conflict(actualVersion, expectedVersion, cause);
  }
  if (comparison === 'mismatch') {
    throw appendMismatch();
  }
  return { version: last.version, position: last.position };
}

function toWire({ type, header, data }: NewEvent) {
  // Sound: what is appended has a header of the envelope, whose ids are texts.
  const { id, causation, correlation } = JSON.parse(header) as Record<string, string>;
  return binaryEvent({
    ...(id === undefined ? {} : { id }),
    type,
    data,
    metadata: { $causationId: causation, $correlationId: correlation, header },
  });
}

function expired(): StreamError {
  return new StreamError(
    'ERR_APPEND_EXPIRED',
    'expected the append to reach the ledger in time, found it late; nothing was written',
  );
}

function outcomeUnknown(cause: unknown): StreamError {
  return new StreamError(
    'ERR_APPEND_OUTCOME_UNKNOWN',
    'expected to learn whether the append was written, found EventStoreDB giving no answer',
    { cause },
  );
}
