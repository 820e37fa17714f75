import type Database from 'better-sqlite3';
import { eventHash } from '../envelope.js';
import type { Position, StoredEvent } from '../eventStore.js';
import { foreignPosition, formatPosition, parsePosition, positionBeyondHead } from '../position.js';

const SCHEME = 'sqlite';

type Row = {
  readonly position: number;
  readonly streamNumber: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly header: string;
  readonly data: Buffer;
};

/** The synchronous reads of a ledger file, one page each, so that no read transaction outlives its page. */
export type SqliteReader = ReturnType<typeof createSqliteReader>;

/** Prepares the reads on one connection. */
export function createSqliteReader(database: Database.Database) {
  const columns = `e.position, e.stream AS streamNumber, s.name AS stream, e.version, e.type, e.header, e.data
    FROM events e JOIN streams s ON s.no = e.stream`;
  const inStream = `SELECT ${columns} WHERE s.name = :stream AND e.version BETWEEN :from AND :to
    ORDER BY e.version`;
  const forward = database.prepare(`${inStream} LIMIT :limit`);
  const backward = database.prepare(`${inStream} DESC LIMIT :limit`);
  const inLog = database.prepare(
    `SELECT ${columns} WHERE e.position > :after AND e.position <= :through
     ORDER BY e.position LIMIT :limit`,
  );
  const byStream = database.prepare(
    `SELECT ${columns} WHERE (e.stream, e.version) > (:stream, :version) AND e.position <= :through
     ORDER BY e.stream, e.version LIMIT :limit`,
  );
  const last = database.prepare(`SELECT ${columns} ORDER BY e.position DESC LIMIT 1`);
  const headerAt = database.prepare('SELECT header FROM events WHERE position = ?').pluck();
  const headNumber = database.prepare('SELECT coalesce(max(position), 0) FROM events').pluck();

  return {
    /** Events of one stream between two versions, inclusive. */
    stream: (query: {
      readonly stream: string;
      readonly from: number;
      readonly to: number;
      readonly limit: number;
      readonly direction: 'forward' | 'backward';
    }): readonly StoredEvent[] => {
      const { direction, ...bound } = query;
      return rowsOf((direction === 'forward' ? forward : backward).all(bound)).map(toStoredEvent);
    },
    /** Events of the log after one number, through another. */
    log: (query: {
      readonly after: number;
      readonly through: number;
      readonly limit: number;
    }): readonly StoredEvent[] => rowsOf(inLog.all(query)).map(toStoredEvent),
    /** Events in stream order, after a place given by the stream's number and a version. */
    streams: (query: {
      readonly stream: number;
      readonly version: number;
      readonly through: number;
      readonly limit: number;
    }): readonly { readonly streamNumber: number; readonly event: StoredEvent }[] =>
      rowsOf(byStream.all(query)).map((row) => ({
        streamNumber: row.streamNumber,
        event: toStoredEvent(row),
      })),
    /** The number of a position after checking that it is one of this log's; 0 for `null`. */
    numberOf: (position: Position | null): number => {
      if (position === null) {
        return 0;
      }
      const { number, hash } = parsePosition(SCHEME, position);
      const header = headerAt.get(number) as string | undefined;
      if (header === undefined) {
        throw positionBeyondHead(number, headNumber.get() as number);
      }
      if (!formatPosition(SCHEME, number, eventHash(header)).endsWith(hash)) {
        throw foreignPosition(`event ${number} to have the hash in the position`);
      }
      return number;
    },
    head: (): StoredEvent | null => rowsOf(last.all()).map(toStoredEvent)[0] ?? null,
    /** The number of the last of some events. */
    numberIn: (events: readonly StoredEvent[]): number =>
      parsePosition(SCHEME, events.at(-1)?.position ?? '').number,
    headNumber: (): number => headNumber.get() as number,
    position: (number: number, hash: Uint8Array): Position => formatPosition(SCHEME, number, hash),
  };
}

// Sound: the columns are those of Row, and STRICT tables hold no other types.
function rowsOf(rows: readonly unknown[]): readonly Row[] {
  return rows as readonly Row[];
}

function toStoredEvent(row: Row): StoredEvent {
  const hash = eventHash(row.header);
  return {
    type: row.type,
    header: row.header,
    data: row.data,
    stream: row.stream,
    version: row.version,
    position: formatPosition(SCHEME, row.position, hash),
    hash,
  };
}
