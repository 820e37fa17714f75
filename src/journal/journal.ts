import { strict as assert } from 'node:assert';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import { checkPlace, parseHeader } from '../../streams/envelope.js';
import { isCode } from '../../streams/errors.js';
import {
  conflict,
  type EventStore,
  type Position,
  type StoredEvent,
} from '../../streams/eventStore.js';
import { behind } from '../../streams/vault/keys.js';
import type { SealedEvent, Vault } from '../../streams/vault/vault.js';
import { type Clock, recordedTime } from '../clock.js';
import { decodeEvent, encodeEvents } from './codec.js';
import { disposedBy, disposedEvents } from './disposals.js';
import { type DomainEvent, tableOf } from './eventTables.js';
import { eventId } from './identifiers.js';
import { type OpenedEvent, openContent, openStream } from './openedStream.js';
import type { Orders } from './orders.js';
import type { Recording, StreamEnd } from './recording.js';
import { readableFields } from './redactions.js';

/** What was recorded by one command. Repeating the command returns the same. */
export type Receipt = {
  readonly stream: string;
  readonly commandId: string;
  /** The ids of the events recorded, in order; none where the command changed nothing. */
  readonly eventIds: readonly string[];
  /** How many events the stream held after it. */
  readonly version: number;
  /** The position of the last event recorded; `null` where the command changed nothing. */
  readonly position: Position | null;
  readonly recordedAt: Instant | null;
};

/** A whole stream as its reader may see it. */
export type History<Event extends DomainEvent> = {
  readonly events: readonly Recorded<Event>[];
  readonly end: StreamEnd;
};

/** The end of a stream that does not exist yet. */
export const EMPTY_STREAM: StreamEnd = { version: 0, hash: null, at: null, key: null };

/** How long one set of sealed bytes may be tried, so that as-at answers are repeatable 30 s later. */
const APPEND_BUDGET_MS = 20_000;
const MAX_SEALINGS = 3;

/** The one place where bytes become domain events and back: codec, upcasting, sealing and chain. */
export type Journal = {
  readonly read: <Event extends DomainEvent>(stream: string) => Promise<History<Event>>;
  /** Where a stream ends, by its last event alone. */
  readonly endOf: (stream: string) => Promise<StreamEnd>;
  /** Appends at the end given. Throws `ERR_VERSION_CONFLICT` when the stream has moved on. */
  readonly append: (
    stream: string,
    end: StreamEnd,
    events: readonly DomainEvent[],
    recording: Recording,
  ) => Promise<Receipt>;
  /** Seals under a key that is minted for it: the erasure worker's way to write. */
  readonly appendUnder: (
    key: number,
    stream: string,
    end: StreamEnd,
    events: readonly DomainEvent[],
    recording: Recording,
  ) => Promise<Receipt>;
  /** The domain event of one stored event met outside its stream; reads its stream where a redaction touched it. */
  readonly decode: (stored: StoredEvent) => Promise<Recorded<DomainEvent>>;
  /** The opened events of a stream without redactions laid over them: for proving and erasing, not for readers. */
  readonly open: (stream: string) => Promise<readonly OpenedEvent[]>;
};

/** Creates the journal over a store and its vault. */
export function createJournal(
  store: EventStore,
  vault: Vault,
  orders: Orders,
  clock: Clock,
): Journal {
  async function open(stream: string): Promise<readonly OpenedEvent[]> {
    await orders.refresh();
    return openStream(store, vault, stream);
  }

  async function read<Event extends DomainEvent>(stream: string): Promise<History<Event>> {
    const opened = await open(stream);
    const disposed = disposedBy(opened, orders.disposalFor(stream));
    if (disposed !== null) {
      // Sound: every family of sealed streams has the event that each of these has become.
      const events = disposedEvents(opened, disposed) as Recorded<Event>[];
      return { events, end: endOf(opened.at(-1)) };
    }
    const fields = readableFields(opened, orders.pendingFor(stream));
    const events = opened.map(({ stored, header }, index) =>
      // Sound: the caller names the family by the stream, and the family's table gives its events.
      decodeEvent(stored, header, fields[index] ?? {}),
    ) as Recorded<Event>[];
    return { events, end: endOf(opened.at(-1)) };
  }

  async function endOfStream(stream: string): Promise<StreamEnd> {
    for await (const stored of store.read(stream, { direction: 'backward', limit: 1 })) {
      const header = parseHeader(stored.header);
      checkPlace(stored, header, store.origin);
      return endOf({ stored, header });
    }
    return EMPTY_STREAM;
  }

  async function append(
    stream: string,
    end: StreamEnd,
    events: readonly DomainEvent[],
    recording: Recording,
  ): Promise<Receipt> {
    const isSealed = tableOf(stream).sealed;
    const key = isSealed ? (end.key ?? 0) : null;
    if (isSealed && end.version === 0) {
      await vault.mint([{ stream, key: 0 }]);
    }
    return appendSealed(key, stream, end, events, recording);
  }

  async function appendUnder(
    key: number,
    stream: string,
    end: StreamEnd,
    events: readonly DomainEvent[],
    recording: Recording,
  ): Promise<Receipt> {
    try {
      await vault.mint([{ stream, key }]);
    } catch (error) {
      throw await asConflict(error, stream, end);
    }
    return appendSealed(key, stream, end, events, recording);
  }

  async function appendSealed(
    key: number | null,
    stream: string,
    end: StreamEnd,
    events: readonly DomainEvent[],
    recording: Recording,
  ): Promise<Receipt> {
    for (let sealing = 1; ; sealing += 1) {
      const deadlineMs = performance.now() + APPEND_BUDGET_MS;
      const at = recordedTime(clock(), end.at);
      const sealed = await encodeEvents({
        ledger: store.origin,
        key,
        stream,
        end,
        events,
        recording,
        at,
        eventKey: (event) => writingKey(event, end),
      });
      try {
        const { version, position } = await store.append(stream, end.version, sealed, {
          deadlineMs,
        });
        const eventIds = events.map((_, index) => eventId({ ...recording, stream, index }));
        const { commandId } = recording;
        return { stream, commandId, eventIds, version, position, recordedAt: at };
      } catch (error) {
        // Nothing was written: bytes that waited too long are sealed anew, at a new time.
        if (!isCode(error, 'ERR_APPEND_EXPIRED') || sealing === MAX_SEALINGS) {
          throw error;
        }
      }
    }
  }

  async function writingKey(event: SealedEvent, end: StreamEnd): Promise<Buffer> {
    try {
      const eventKey = await vault.eventKey(event);
      if (eventKey.state === 'disposed') {
        throw behind(event.stream, event.key, 'a live key', 'a shredded one');
      }
      assert(eventKey.state === 'live', 'a version not yet written has no erased key');
      return eventKey.key;
    } catch (error) {
      throw await asConflict(error, event.stream, end);
    }
  }

  // A key that is gone or unknown while the stream has moved on means that an erasure came between:
  // that is a conflict, to be decided again, not a vault that is behind.
  async function asConflict(error: unknown, stream: string, end: StreamEnd): Promise<unknown> {
    for await (const last of store.read(stream, { direction: 'backward', limit: 1 })) {
      if (isCode(error, 'ERR_VAULT_BEHIND') && last.version !== end.version) {
        return conflict(last.version, end.version, error);
      }
    }
    return error;
  }

  async function decode(stored: StoredEvent): Promise<Recorded<DomainEvent>> {
    const header = parseHeader(stored.header);
    checkPlace(stored, header, store.origin);
    const content = await openContent(vault, stored, header);
    const isPending =
      orders.pendingFor(stored.stream).length > 0 || orders.disposalFor(stored.stream) !== null;
    if (content.state === 'clear' || (content.state === 'sealed' && !isPending)) {
      return decodeEvent(stored, header, content.fields);
    }
    const { events } = await read(stored.stream);
    const recorded = events[stored.version - 1];
    assert(recorded !== undefined, 'an event read from the log is in its stream');
    return recorded;
  }

  return { read, endOf: endOfStream, append, appendUnder, decode, open };
}

/** Where a stream ends whose last event is given. */
export function endOf(last: Pick<OpenedEvent, 'stored' | 'header'> | undefined): StreamEnd {
  return last === undefined
    ? EMPTY_STREAM
    : {
        version: last.header.version,
        hash: last.stored.hash,
        // Sound: `parseHeader` checked its form.
        at: last.header.at as Instant,
        key: last.header.key,
      };
}
