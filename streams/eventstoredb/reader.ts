import { eventHash } from '../envelope.js';
import { PAGE_SIZE_EVENTS, type Position, type StoredEvent } from '../eventStore.js';
import { foreignPosition, formatPosition, parsePosition, positionBeyondHead } from '../position.js';
import type { LedgerClient, RawEvent } from './client.js';
import { isOddPosition } from './errors.js';
import { type ReadQuery, readRequest } from './request.js';

const SCHEME = 'esdb';

/** The reads of one ledger on a server, a page each. */
export type EventStoreDbReader = ReturnType<typeof createEventStoreDbReader>;

/** Reads the streams whose names begin with the ledger's name and a dot. */
export function createEventStoreDbReader(client: LedgerClient, name: string) {
  const prefix = `${name}.`;
  const ownLog = { kind: 'log', prefixes: [prefix] } as const;

  function readRaw(query: ReadQuery): Promise<readonly RawEvent[]> {
    return client.readEvents(readRequest(query));
  }

  async function stream(query: {
    readonly stream: string;
    readonly from: number | 'end';
    readonly limit: number;
    readonly direction: 'forward' | 'backward';
  }): Promise<readonly StoredEvent[]> {
    const source = { kind: 'stream', name: prefix + query.stream } as const;
    const from = query.from === 'end' ? 'end' : query.from - 1;
    const events = await readRaw({ ...query, source, from });
    return events.map((event) => toStoredEvent(event, prefix));
  }

  async function log(query: {
    readonly after: Position | null;
    readonly limit: number;
  }): Promise<readonly StoredEvent[]> {
    if (query.after === null) {
      return ownAfter(null, await ownLogFrom('start', query.limit), query.limit);
    }
    const { number } = parsePosition(SCHEME, query.after);
    const limit = query.limit + 1;
    const raw = await ownLogFrom(number, limit);
    const [first] = raw;
    if (first === undefined || numberIn(first) !== number) {
      throw await misplaced(number);
    }
    if (toStoredEvent(first, prefix).position !== query.after) {
      throw foreignPosition(`event ${number} to have the hash in the position`);
    }
    return ownAfter(number, raw, limit);
  }

  async function ownLogFrom(from: number | 'start', limit: number): Promise<readonly RawEvent[]> {
    try {
      return await readRaw({ source: ownLog, from, limit, direction: 'forward' });
    } catch (error) {
      // Some servers read on after a position that is none, others refuse it.
      if (from !== 'start' && isOddPosition(error)) {
        return [];
      }
      throw error;
    }
  }

  // Links and deletions are filed under the same names. A page of nothing else is not the end of the log.
  async function ownAfter(
    after: number | null,
    page: readonly RawEvent[],
    limit: number,
  ): Promise<readonly StoredEvent[]> {
    for (let raw = page, done = after; ; ) {
      const later = raw.filter((event) => numberIn(event) > (done ?? -1));
      const own = later.filter((event) => !typeOf(event).startsWith('$'));
      const last = later.at(-1);
      if (own.length > 0 || last === undefined || raw.length < limit) {
        return own.map((event) => toStoredEvent(event, prefix));
      }
      done = numberIn(last);
      raw = await ownLogFrom(done, limit);
    }
  }

  async function misplaced(number: number): Promise<Error> {
    const last = await head();
    const end = last === null ? 0 : numberOf(last);
    return number > end
      ? positionBeyondHead(number, end)
      : foreignPosition(`an event of this ledger at ${number}`);
  }

  // Servers before 24 end a filtered read backwards at the first window without a match, so the filter
  // is only the first try; without one every event is looked at until one is the ledger's.
  async function head(): Promise<StoredEvent | null> {
    const direction = 'backward';
    const found = await readRaw({ source: ownLog, from: 'end', limit: 1, direction });
    let last = found.find(isOwn);
    const everything = { kind: 'log', prefixes: 'any' } as const;
    for (let before: number | 'end' = 'end'; last === undefined; ) {
      const query = {
        source: everything,
        from: before,
        limit: PAGE_SIZE_EVENTS,
        direction,
      } as const;
      const page: readonly RawEvent[] = await readRaw(query);
      // Whether a page backwards begins at its place or before it is not the same for all servers.
      const end = before === 'end' ? Number.POSITIVE_INFINITY : before;
      const earlier = page.filter((event) => numberIn(event) < end);
      const oldest = earlier.at(-1);
      if (oldest === undefined) {
        return null;
      }
      last = earlier.find(isOwn);
      before = numberIn(oldest);
    }
    return toStoredEvent(last, prefix);
  }

  function isOwn(event: RawEvent): boolean {
    return streamOf(event).startsWith(prefix) && !typeOf(event).startsWith('$');
  }

  return {
    /** Events of one stream from a version on; none where there is no stream. */
    stream,
    /** How many events a stream holds. */
    version: async (id: string): Promise<number> => {
      const [last] = await stream({ stream: id, from: 'end', limit: 1, direction: 'backward' });
      return last?.version ?? 0;
    },
    /**
     * The events after a position, some of them: none means the end. The event at the position is read
     * with every page, and shows that the position is still one of this log.
     */
    log,
    head,
    /** Checks that a position is one of this log's, and returns its number. */
    numberAt: async (position: Position): Promise<number> => {
      await log({ after: position, limit: 1 });
      return parsePosition(SCHEME, position).number;
    },
    /** Whatever stands in any of some streams and logs, as the server has it. */
    readRaw,
  };
}

/** An event's number in the server's log. */
export function numberOf(event: StoredEvent): number {
  return parsePosition(SCHEME, event.position).number;
}

/** A raw event's number in the server's log. */
export function numberIn(event: RawEvent): number {
  return Number(event.getCommitPosition());
}

/** The name of the stream that an event is in, as the server has it. */
export function streamOf(event: RawEvent): string {
  return Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
}

/** An event's type. */
export function typeOf(event: RawEvent): string {
  return event.getMetadataMap().get('type') ?? '';
}

function toStoredEvent(event: RawEvent, prefix: string): StoredEvent {
  const header = headerOf(event);
  const hash = eventHash(header);
  return {
    type: typeOf(event),
    header,
    data: Buffer.from(event.getData_asU8()),
    stream: streamOf(event).slice(prefix.length),
    version: Number(event.getStreamRevision()) + 1,
    position: formatPosition(SCHEME, numberIn(event), hash),
    hash,
  };
}

// An event without a header was written by something else: it is given with none, which the reader refuses.
function headerOf(event: RawEvent): string {
  const metadata = parsed(event.getCustomMetadata_asU8());
  const header = (metadata as { readonly header?: unknown } | null)?.header;
  return typeof header === 'string' ? header : '';
}

/** The JSON value in some bytes, `null` where there is none. */
export function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
