import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../../streams/eventStore.js';
import { createDatabaseFile } from '../../../streams/sqlite/file.js';
import { createSqliteStore, openSqliteStore } from '../../../streams/sqlite/store.js';
import { eventStoreContract } from '../contract.js';
import { headersOf, someEvent } from '../events.js';

const ORIGIN = 'test.invalid/ledger';

function makeStoreFile(): { path: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'plr-sqlite-'));
  const path = join(folder, 'ledger.db');
  createDatabaseFile(path);
  createSqliteStore(path, ORIGIN);
  return { path, folder };
}

eventStoreContract('sqlite', {
  place: async () => {
    const { path, folder } = makeStoreFile();
    return {
      open: async () => openSqliteStore(path),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  outlivesClosing: true,
});

describe('the ledger file', () => {
  let path: string;
  let folder: string;
  let store: EventStore;
  let intruder: Database.Database;

  beforeEach(async () => {
    ({ path, folder } = makeStoreFile());
    store = openSqliteStore(path);
    await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    intruder = new Database(path);
  });

  afterEach(async () => {
    intruder.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['an update', "UPDATE events SET type = 'Other'"],
    ['a delete', 'DELETE FROM events'],
    ['an insert in the middle', "INSERT INTO events VALUES (2, 1, 3, 'X', 'x', x'00')"],
    ['an insert that leaves a gap', "INSERT INTO events VALUES (9, 1, 3, 'X', 'x', x'00')"],
    ['a version out of line', "INSERT INTO events VALUES (3, 1, 9, 'X', 'x', x'00')"],
    ['INSERT OR REPLACE', "INSERT OR REPLACE INTO events VALUES (1, 1, 1, 'X', 'x', x'00')"],
    ['REPLACE by stream and version', "REPLACE INTO events VALUES (3, 1, 2, 'X', 'x', x'00')"],
    ['a shorter stream', 'UPDATE streams SET version = 1'],
    ['a renamed stream', "UPDATE streams SET name = 'other-stream', version = 3"],
    ['a replaced stream', "REPLACE INTO streams VALUES (1, 'some-stream', 0, x'00')"],
    ['a deleted stream', 'DELETE FROM streams'],
    ['another origin', "UPDATE meta SET origin = 'other'"],
    ['a second origin', "INSERT INTO meta VALUES (1, 'other')"],
    ['no origin', 'DELETE FROM meta'],
  ])('refuses %s from another connection', async (_, sql) => {
    const before = await headersOf(store, 'some-stream');
    expect(() => intruder.exec(sql)).toThrow(/immutable|only grow|once|its end/);
    expect(await headersOf(store, 'some-stream')).toEqual(before);
  });

  test('is readable by its owner alone', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is opened with synchronous=FULL on every connection', async () => {
    const second = openSqliteStore(path);
    const findings = [...(await store.inspect()), ...(await second.inspect())];
    const settings = findings.filter(({ check }) => check.includes('synchronous'));
    expect(settings.map(({ found }) => found)).toEqual(['2', '2']);
    await second.close();
  });

  test('finds itself in good health', async () => {
    expect((await store.inspect()).filter(({ isGood }) => !isGood)).toEqual([]);
  });

  test('finds a missing trigger and a stream that was cut short', async () => {
    intruder.exec('DROP TRIGGER events_no_delete; DELETE FROM events WHERE position = 2');
    const bad = (await store.inspect()).filter(({ isGood }) => !isGood);
    expect(bad.map(({ found }) => found)).toEqual(['without events_no_delete', '1']);
  });

  test('refuses a format that a newer version wrote', () => {
    intruder.pragma('user_version = 2');
    expect(() => openSqliteStore(path)).toThrow(
      expect.objectContaining({ code: 'ERR_STORE_NEWER' }),
    );
  });

  test('refuses to be made again under another origin', () => {
    expect(() => createSqliteStore(path, 'other.invalid')).toThrow(
      expect.objectContaining({ code: 'ERR_LEDGER_MISMATCH' }),
    );
  });

  test('names the command that creates it where it is missing', () => {
    expect(() => openSqliteStore(join(folder, 'none.db'))).toThrow(/"plr init" creates one/);
  });

  test('waits for a lock that another process holds for a moment', async () => {
    intruder.exec('BEGIN IMMEDIATE');
    const appending = store.append('some-stream', 2, [someEvent(3)]);
    setTimeout(() => intruder.exec('COMMIT'), 100);
    expect(await appending).toMatchObject({ version: 3 });
  });

  test('does not let one broken append take down those that share its commit', async () => {
    const broken = { ...someEvent('x'), type: null as unknown as string };
    const results = await Promise.allSettled([
      store.append('a', 0, [someEvent('a')]),
      store.append('b', 0, [broken]),
      store.append('c', 0, [someEvent('c')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('shares one commit among appends that wait together, each with its own result', async () => {
    const results = await Promise.allSettled([
      store.append('a', 0, [someEvent('a')]),
      store.append('some-stream', 0, [someEvent('late')]),
      store.append('b', 0, [someEvent('b')]),
      store.append('a', 1, [someEvent('a 2')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
