import { randomBytes } from 'node:crypto';
import { whenFree } from '../sqlite/file.js';
import { requireEpoch } from './epoch.js';
import { openVaultFile, readVaultState, type VaultState } from './file.js';
import { KEY_BYTES, unwrapKey, wrapKey } from './keyWrap.js';
import type { MasterDriver } from './master.js';

/**
 * Wraps every key of a vault anew under a new vault key, and that under a new master. The write lock
 * is held from before the new master is made, so that of two rotations at once neither can overwrite
 * the master of the other.
 */
export async function rotateVault(
  path: string,
  masters: MasterDriver,
  { at, epoch }: { readonly at: string; readonly epoch: number },
): Promise<void> {
  await withVaultLocked(path, async (database, state) => {
    requireEpoch(state, epoch);
    const vaultKey = await (await masters.open(state.master)).unwrap(state.vaultKey);
    // The current master may still stand where the next one is made, if a rotation has just ended.
    await masters.destroyAllBut(state.master);
    const next = await masters.create();
    const newKey = randomBytes(KEY_BYTES);
    const wrapped = await next.wrap(newKey);
    database.function('rewrap', (blob: unknown) =>
      wrapKey(newKey, unwrapKey(vaultKey, blob as Buffer)),
    );
    for (const table of ['index_keys', 'stream_keys', 'event_keys']) {
      database
        .prepare(`UPDATE ${table} SET wrapped = rewrap(wrapped) WHERE wrapped IS NOT NULL`)
        .run();
    }
    database
      .prepare(
        `UPDATE vault SET rotation = rotation + 1, previous_master = master, master = ?,
           vault_key = ?, rotated_at = ?, changes = changes + 1`,
      )
      .run(next.id, wrapped, at);
  });
}

/** Destroys every master but the one the vault is wrapped under; to be called when all copies are. */
export async function destroyReplacedMasters(path: string, masters: MasterDriver): Promise<void> {
  await withVaultLocked(path, (_, state) => masters.destroyAllBut(state.master));
}

async function withVaultLocked(
  path: string,
  step: (database: ReturnType<typeof openVaultFile>, state: VaultState) => Promise<void>,
): Promise<void> {
  const database = openVaultFile(path);
  try {
    const begin = database.prepare('BEGIN IMMEDIATE');
    await whenFree(() => begin.run());
    await step(database, readVaultState(database));
    database.prepare('COMMIT').run();
  } finally {
    // Closing rolls back what was not committed.
    database.close();
  }
}
