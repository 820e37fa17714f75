import { realpathSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { StreamError } from '../errors.js';
import { whenFree } from '../sqlite/file.js';
import { mergeVault, readVaultState, truncateWriteAheadLog } from './file.js';
import type { MasterDriver } from './master.js';

/**
 * Makes all copies equal. Of two with different rotations the later one is the truth; of two with the
 * same, every row takes the later state.
 */
export async function bringTogether(
  databases: readonly [Database.Database, ...Database.Database[]],
  masters: MasterDriver,
): Promise<void> {
  const [primary, copy] = databases;
  if (copy === undefined) {
    return;
  }
  const [one, other] = [readVaultState(primary), readVaultState(copy)];
  if (one.origin !== other.origin) {
    throw new StreamError(
      'ERR_LEDGER_MISMATCH',
      'expected vault and copy of one ledger, found two origins',
    );
  }
  const epoch = Math.max(one.epoch, other.epoch);
  for (const database of one.epoch === other.epoch ? [] : databases) {
    const raise = database.prepare('UPDATE vault SET epoch = max(epoch, ?)');
    await whenFree(() => raise.run(epoch));
  }
  if (one.rotation === other.rotation && one.changes === other.changes) {
    return;
  }
  const [newer, older] = one.rotation >= other.rotation ? [primary, copy] : [copy, primary];
  const truth = readVaultState(newer);
  // Whoever holds the truth must be readable before the other is given up.
  await masters.open(truth.master);
  const replace = older.transaction(() => {
    if (one.rotation !== other.rotation) {
      for (const table of ['index_keys', 'stream_keys', 'event_keys']) {
        older.prepare(`DELETE FROM ${table}`).run();
      }
    }
    mergeVault(newer, older);
    older
      .prepare(
        `UPDATE vault SET rotation = :rotation, master = :master, previous_master = :previousMaster,
           rotated_at = :rotatedAt, vault_key = :vaultKey, shreds = max(shreds, :shreds)`,
      )
      .run(truth);
  });
  await whenFree(() => replace.immediate());
  const giveBack = newer.transaction(() => mergeVault(older, newer));
  await whenFree(() => giveBack.immediate());
  const changes = Math.max(one.changes, other.changes);
  for (const database of databases) {
    const set = database.prepare('UPDATE vault SET changes = max(changes, ?)');
    await whenFree(() => set.run(changes));
  }
  truncateWriteAheadLog(older);
}

/** Refuses a copy that is the vault itself, and would be lost with it. */
export function refuseSameFile(path: string, copyPath: string): void {
  if (realpathSync(path) === realpathSync(copyPath)) {
    throw new StreamError(
      'ERR_LEDGER_MISMATCH',
      'expected the second vault to be another file than the first, found the same',
    );
  }
}
