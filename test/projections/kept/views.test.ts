import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openViews } from '../../../projections/kept/views.js';
import { refusal } from '../../domain/learner/language.js';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'views-'));
  path = join(directory, 'views.db');
  writeFileSync(path, '');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('the database of kept views', () => {
  test('forgets: its write-ahead log is empty afterwards', () => {
    const views = openViews(path);
    views.database.exec('CREATE TABLE something (id INTEGER) STRICT');
    expect(views.forget()).toBe(true);
    expect(statSync(`${path}-wal`).size).toBe(0);
    views.close();
  });

  test('of the format before is brought to this one', () => {
    const earlier = new Database(path);
    earlier.exec('CREATE TABLE erasures (order_id TEXT PRIMARY KEY, stream TEXT NOT NULL) STRICT');
    earlier.pragma('application_id = 1347179095');
    earlier.pragma('user_version = 1');
    earlier.close();
    const views = openViews(path);
    expect(views.database.pragma('user_version', { simple: true })).toBe(4);
    expect(views.database.prepare('SELECT count(*) FROM generations').pluck().get()).toBe(0);
    views.close();
  });

  test('that is damaged is refused, with what to do about it', () => {
    writeFileSync(path, Buffer.alloc(8192, 0x5a));
    const error = refusal(() => openViews(path));
    expect([error.code, error.message]).toEqual([
      'ERR_VIEWS_FILE',
      expect.stringContaining('delete it'),
    ]);
  });

  test('of a later format is refused and left as it is', () => {
    const views = openViews(path);
    views.database.pragma('user_version = 5');
    views.close();
    expect(refusal(() => openViews(path)).code).toBe('ERR_VIEWS_FILE');
  });

  test('are not made where there is no file, which a wrong path would do', () => {
    expect(() => openViews(join(directory, 'elsewhere.db'))).toThrow();
  });

  test('are not made in another kind of database, into which nothing is written', () => {
    const other = new Database(path);
    other.exec('CREATE TABLE ledger (id INTEGER) STRICT');
    other.close();
    const before = readFileSync(path);
    expect(refusal(() => openViews(path)).code).toBe('ERR_VIEWS_FILE');
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
