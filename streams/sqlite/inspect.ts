import type Database from 'better-sqlite3';
import Sqlite from 'better-sqlite3';
import { eventHash } from '../envelope.js';
import type { Finding } from '../eventStore.js';
import { SCHEMA } from './schema.js';

/** Checks a ledger file: settings, triggers, SQLite's own structure, and that nothing is missing at an end. */
export function inspectSqlite(database: Database.Database): readonly Finding[] {
  const value = (sql: string): unknown => database.prepare(sql).pluck().get();
  const found = (check: string, result: unknown, expected: unknown): Finding => ({
    check,
    isGood: result === expected,
    found: String(result),
  });
  return [
    found('SQLite synchronous is FULL (2)', database.pragma('synchronous', { simple: true }), 2),
    found('SQLite journal is wal', database.pragma('journal_mode', { simple: true }), 'wal'),
    found('SQLite quick_check', database.pragma('quick_check', { simple: true }), 'ok'),
    found('the triggers that keep the log append-only', missingTriggers(database), 'all there'),
    found(
      'positions without gaps (events missing)',
      value('SELECT coalesce(max(position), 0) - count(*) FROM events'),
      0,
    ),
    found(
      'every stream ends where it should (streams cut short)',
      value(
        `SELECT count(*) FROM streams s
         WHERE s.version <> (SELECT coalesce(max(e.version), 0) FROM events e WHERE e.stream = s.no)`,
      ),
      0,
    ),
    found(
      'every event is in a stream (events without one)',
      value('SELECT count(*) FROM events WHERE stream NOT IN (SELECT no FROM streams)'),
      0,
    ),
    found('every stream ends in the header it should (streams altered)', alteredEnds(database), 0),
  ];
}

/** How many streams end in a header that is not the one whose hash was written with it. */
function alteredEnds(database: Database.Database): number {
  const ends = database.prepare(
    `SELECT s.head_hash AS hash, e.header FROM streams s
     JOIN events e ON e.stream = s.no AND e.version = s.version`,
  );
  let altered = 0;
  for (const { hash, header } of ends.iterate() as Iterable<{ hash: Buffer; header: string }>) {
    altered += Buffer.compare(hash, eventHash(header)) === 0 ? 0 : 1;
  }
  return altered;
}

/** Which triggers are not there as they were made: one of the same name that does nothing is none. */
function missingTriggers(database: Database.Database): string {
  const sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
  const made = new Sqlite(':memory:');
  made.exec(SCHEMA);
  const expected = made.prepare(sql).all() as { name: string; sql: string }[];
  made.close();
  const present = database.prepare(sql).all() as { name: string; sql: string }[];
  const missing = expected.filter(
    (trigger) =>
      !present.some(({ name, sql: text }) => name === trigger.name && text === trigger.sql),
  );
  return missing.length === 0
    ? 'all there'
    : `without ${missing.map(({ name }) => name).join(', ')}`;
}
