import { randomBytes } from 'node:crypto';
import { createDatabaseFile } from '../sqlite/file.js';
import { checkVault, isVaultUnmade, makeVault, openVaultFile, readVaultState } from './file.js';
import { KEY_BYTES, wrapKey } from './keyWrap.js';
import type { MasterDriver } from './master.js';

/**
 * Makes a vault with its first vault key and index key under the master that is there or, for a new
 * ledger, has just been made. Does nothing where one is made. Returns the origin that it is of.
 */
export async function createVault(
  path: string,
  first: { readonly origin: string; readonly at: string; readonly masterId: string },
  masters: MasterDriver,
): Promise<string> {
  createDatabaseFile(path);
  const database = openVaultFile(path);
  try {
    if (isVaultUnmade(database)) {
      const master = await masters.open(first.masterId);
      const vaultKey = randomBytes(KEY_BYTES);
      const wrapped = await master.wrap(vaultKey);
      const state = {
        origin: first.origin,
        rotation: 0,
        master: master.id,
        rotatedAt: first.at,
        vaultKey: wrapped,
      };
      makeVault(database, state, wrapKey(vaultKey, randomBytes(KEY_BYTES)));
    }
    checkVault(database);
    return readVaultState(database).origin;
  } finally {
    database.close();
  }
}

/** Makes an empty second copy of a vault; opening the vault with it fills it. Does nothing where one is made. */
export function createVaultCopy(path: string, copyPath: string): void {
  const vault = openVaultFile(path);
  createDatabaseFile(copyPath);
  const copy = openVaultFile(copyPath);
  try {
    if (makeVault(copy, readVaultState(vault), null)) {
      // A count that no vault has: the next opening sees that the two differ and fills the copy.
      copy.prepare('UPDATE vault SET changes = -1').run();
    }
    checkVault(copy);
  } finally {
    copy.close();
    vault.close();
  }
}

/** True for a vault under whose stream keys something may have been sealed. */
export function vaultHasKeys(path: string): boolean {
  const vault = openVaultFile(path);
  try {
    return (
      !isVaultUnmade(vault) &&
      vault.prepare('SELECT 1 FROM stream_keys LIMIT 1').get() !== undefined
    );
  } finally {
    vault.close();
  }
}
