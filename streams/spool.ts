import Database from 'better-sqlite3';
import { eventHash } from './envelope.js';
import { type EventStore, PAGE_SIZE_EVENTS, type StoredEvent } from './eventStore.js';

type Row = {
  readonly stream: number;
  readonly name: string;
  readonly version: number;
  readonly position: string;
  readonly type: string;
  readonly header: string;
  readonly data: Buffer;
};

/**
 * Whole streams one after another, in the order of their first events, for engines that know only the
 * order of the log: the log is copied once into a private scratch database on disk, as sealed as it
 * was, which SQLite removes from its folder when it opens it. Memory stays that of a page.
 */
export async function* spoolStreams(
  readAll: EventStore['readAll'],
  options: Parameters<EventStore['readStreams']>[0] = {},
): AsyncGenerator<StoredEvent> {
  // An empty name is SQLite's for a database that nobody else can open and that ends with its connection.
  const scratch = new Database('');
  try {
    scratch.exec(SCHEMA);
    await fill(scratch, readAll(options));
    const select = scratch.prepare(PAGE);
    for (let place = { stream: 0, version: 0 }; ; ) {
      // Sound: the columns are those of Row, in STRICT tables.
      const page = select.all({ ...place, limit: PAGE_SIZE_EVENTS }) as Row[];
      for (const { stream, name, ...event } of page) {
        options.signal?.throwIfAborted();
        place = { stream, version: event.version };
        yield { ...event, stream: name, hash: eventHash(event.header) };
      }
      if (page.length === 0) {
        return;
      }
    }
  } finally {
    scratch.close();
  }
}

const SCHEMA = `
  CREATE TABLE streams (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE events (
    stream INTEGER NOT NULL, version INTEGER NOT NULL, position TEXT NOT NULL,
    type TEXT NOT NULL, header TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (stream, version)) STRICT`;

const PAGE = `
  SELECT e.stream, s.name, e.version, e.position, e.type, e.header, e.data
  FROM events e JOIN streams s ON s.no = e.stream
  WHERE (e.stream, e.version) > (:stream, :version)
  ORDER BY e.stream, e.version LIMIT :limit`;

async function fill(scratch: Database.Database, log: AsyncIterable<StoredEvent>): Promise<void> {
  const numberOf = scratch.prepare('SELECT no FROM streams WHERE name = ?').pluck();
  const addStream = scratch.prepare('INSERT INTO streams (name) VALUES (?)');
  const addEvent = scratch.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
  const addPage = scratch.transaction((page: readonly StoredEvent[]) => {
    for (const { stream, version, position, type, header, data } of page) {
      const number = numberOf.get(stream) ?? addStream.run(stream).lastInsertRowid;
      addEvent.run(number, version, position, type, header, data);
    }
  });
  let page: StoredEvent[] = [];
  for await (const event of log) {
    page.push(event);
    if (page.length === PAGE_SIZE_EVENTS) {
      addPage(page);
      page = [];
    }
  }
  addPage(page);
}
