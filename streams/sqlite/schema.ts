import type { FileKind } from './file.js';

/** The ledger file: "PLRL" as application id, format 1. */
export const LEDGER_FILE: FileKind = {
  name: 'ledger',
  applicationId: 0x50_4c_52_4c,
  format: 1,
};

/**
 * The tables. A stream's name stands once, because writing it with every event would be half the log.
 * The triggers make the log append-only from every connection: those before INSERT also stop INSERT
 * OR REPLACE, which deletes the old row without firing a delete trigger.
 */
export const SCHEMA = `
CREATE TABLE meta (format INTEGER NOT NULL, origin TEXT NOT NULL) STRICT;

CREATE TABLE streams (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  head_hash BLOB NOT NULL
) STRICT;

CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES streams (no),
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  header TEXT NOT NULL,
  data BLOB NOT NULL,
  UNIQUE (stream, version)
) STRICT;

CREATE TRIGGER events_append_only BEFORE INSERT ON events
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
  OR NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream)
BEGIN SELECT RAISE(ABORT, 'the log only grows at its end'); END;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;

CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;

CREATE TRIGGER streams_no_replace BEFORE INSERT ON streams
WHEN EXISTS (SELECT 1 FROM streams WHERE no = NEW.no OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'a stream exists once'); END;

CREATE TRIGGER streams_only_grow BEFORE UPDATE ON streams
WHEN NEW.no <> OLD.no OR NEW.name <> OLD.name OR NEW.version <= OLD.version
BEGIN SELECT RAISE(ABORT, 'a stream only grows'); END;

CREATE TRIGGER streams_no_delete BEFORE DELETE ON streams
BEGIN SELECT RAISE(ABORT, 'streams are immutable'); END;

CREATE TRIGGER meta_no_replace BEFORE INSERT ON meta
WHEN EXISTS (SELECT 1 FROM meta)
BEGIN SELECT RAISE(ABORT, 'a ledger is made once'); END;

CREATE TRIGGER meta_no_update BEFORE UPDATE ON meta
BEGIN SELECT RAISE(ABORT, 'the origin is immutable'); END;

CREATE TRIGGER meta_no_delete BEFORE DELETE ON meta
BEGIN SELECT RAISE(ABORT, 'the origin is immutable'); END;
`;
