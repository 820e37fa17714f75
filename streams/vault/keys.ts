import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import { StreamError } from '../errors.js';
import { eventKeyOf } from '../sealing.js';
import { KEY_BYTES, unwrapKey, wrapKey } from './keyWrap.js';
import type { EventKey, SealedEvent, Shred, WholeShred } from './vault.js';

/**
 * Inserts the stream keys that are missing; true when any was. `minted` carries the wrapped bytes
 * from the first copy to the others, so that all hold the same. A key that was shredded is never
 * minted over; it is named in `refused`.
 */
export function mintIn(
  database: Database.Database,
  keys: readonly { readonly stream: string; readonly key: number }[],
  vaultKey: Buffer,
  minted: Map<string, Buffer>,
  refused: Set<string>,
): boolean {
  const select = database.prepare(
    'SELECT wrapped FROM stream_keys WHERE stream = ? AND number = ?',
  );
  const insert = database.prepare(
    'INSERT INTO stream_keys (stream, number, wrapped) VALUES (?, ?, ?)',
  );
  let changed = false;
  for (const { stream, key } of keys) {
    const place = `${stream} ${key}`;
    const row = select.get(stream, key) as { wrapped: Buffer | null } | undefined;
    if (row?.wrapped === null) {
      refused.add(place);
      continue;
    }
    const wrapped = row?.wrapped ?? minted.get(place) ?? wrapKey(vaultKey, randomBytes(KEY_BYTES));
    minted.set(place, wrapped);
    if (row === undefined) {
      insert.run(stream, key, wrapped);
      changed = true;
    }
  }
  return changed;
}

/** Destroys what a shred names and keeps what it keeps; false when that order was carried out before. */
export function shredIn(
  database: Database.Database,
  shred: Shred | WholeShred,
  vaultKey: Buffer,
): boolean {
  const { order, stream } = shred;
  const done = database.prepare('INSERT OR IGNORE INTO erasures VALUES (?, ?)').run(order, stream);
  if (done.changes === 0) {
    return false;
  }
  if ('kept' in shred) {
    shredPart(database, shred, vaultKey);
  } else {
    shredWhole(database, shred);
  }
  database.prepare('UPDATE vault SET shreds = shreds + 1').run();
  return true;
}

function shredPart(
  database: Database.Database,
  { order, stream, below, resealedVersion, kept, resealed, dropped }: Shred,
  vaultKey: Buffer,
): void {
  const put = database.prepare(
    `INSERT INTO event_keys VALUES (:stream, :version, :wrapped, :resealedAt)
     ON CONFLICT DO UPDATE SET wrapped = excluded.wrapped,
       resealed_at = CASE WHEN excluded.resealed_at IS NULL THEN NULL
         ELSE max(excluded.resealed_at, coalesce(resealed_at, 0)) END
     WHERE event_keys.wrapped IS NOT NULL OR excluded.wrapped IS NULL`,
  );
  for (const { version, key } of kept) {
    put.run({ stream, version, wrapped: wrapKey(vaultKey, key), resealedAt: null });
  }
  for (const { version, at } of resealed) {
    put.run({ stream, version, wrapped: null, resealedAt: at });
  }
  for (const version of dropped) {
    put.run({ stream, version, wrapped: null, resealedAt: null });
  }
  database
    .prepare(
      `UPDATE stream_keys SET wrapped = NULL, shredded_by = ?, resealed_version = ?
       WHERE stream = ? AND number < ? AND wrapped IS NOT NULL`,
    )
    .run(order, resealedVersion, stream, below);
}

/** Destroys every key of a stream below one; shredded without a reseal is how a disposal is told. */
function shredWhole(database: Database.Database, { order, stream, below }: WholeShred): void {
  database.prepare('DELETE FROM event_keys WHERE stream = ?').run(stream);
  database
    .prepare(
      `UPDATE stream_keys SET wrapped = NULL, shredded_by = ?, resealed_version = NULL
       WHERE stream = ? AND number < ? AND (wrapped IS NOT NULL OR resealed_version IS NOT NULL)`,
    )
    .run(order, stream, below);
}

/** The error for a key that the vault should know and does not: it is older than the ledger. */
export function behind(stream: string, key: number, expected: string, found: string): StreamError {
  return new StreamError(
    'ERR_VAULT_BEHIND',
    `expected ${expected} for key ${key} of ${stream} in the vault, found ${found}`,
  );
}

/** Prepares finding the key of an event, or what became of it. Throws `ERR_VAULT_BEHIND` for an unknown one. */
export function createEventKeys(
  database: Database.Database,
): (event: SealedEvent, vaultKey: Buffer) => EventKey {
  const selectKey = database.prepare(
    'SELECT wrapped, resealed_version AS resealed FROM stream_keys WHERE stream = ? AND number = ?',
  );
  const selectEventKey = database.prepare(
    'SELECT wrapped, resealed_at AS resealedAt FROM event_keys WHERE stream = ? AND version = ?',
  );
  return ({ stream, version, key, id }, vaultKey) => {
    const streamKey = selectKey.get(stream, key) as
      | { wrapped: Buffer | null; resealed: number | null }
      | undefined;
    if (streamKey === undefined) {
      throw behind(stream, key, 'a key', 'none: the vault is older than the ledger');
    }
    if (streamKey.wrapped !== null) {
      const live = eventKeyOf(unwrapKey(vaultKey, streamKey.wrapped), id);
      return { state: 'live', key: live };
    }
    if (streamKey.resealed === null) {
      return { state: 'disposed' };
    }
    const row = selectEventKey.get(stream, version) as
      | { wrapped: Buffer | null; resealedAt: number | null }
      | undefined;
    if (row === undefined) {
      throw behind(stream, key, `what became of event ${version}`, 'nothing');
    }
    if (row.wrapped !== null) {
      return { state: 'live', key: unwrapKey(vaultKey, row.wrapped) };
    }
    return row.resealedAt === null
      ? { state: 'dropped' }
      : { state: 'resealed', version: row.resealedAt };
  };
}
