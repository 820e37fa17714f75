import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openViews } from '../../projections/views.js';
import { refusal } from '../domain/learner/language.js';

const order = '00000000-0000-4000-8000-000000000001';
const stream = 'learner-1abcdefghijklmnopqrstuvwxyz';
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

describe('the kept views', () => {
  test('have applied no erasure at first', () => {
    const views = openViews(path);
    expect(views.hasApplied(order)).toBe(false);
    views.close();
  });

  test('remember an erasure when they are opened again', () => {
    const first = openViews(path);
    first.applyErasure(order, stream);
    first.close();
    const second = openViews(path);
    expect(second.hasApplied(order)).toBe(true);
    second.close();
  });

  test('apply an erasure twice without harm', () => {
    const views = openViews(path);
    views.applyErasure(order, stream);
    views.applyErasure(order, stream);
    expect(views.hasApplied(order)).toBe(true);
    views.close();
  });

  test('forget: their write-ahead log is empty afterwards', () => {
    const views = openViews(path);
    views.applyErasure(order, stream);
    expect(views.forget()).toBe(true);
    views.close();
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
