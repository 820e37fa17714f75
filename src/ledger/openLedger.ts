import { existsSync } from 'node:fs';
import { openViews } from '../../projections/kept/views.js';
import { StreamError } from '../../streams/errors.js';
import { openStore } from '../../streams/openStore.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { createAccessStores } from '../access/stores.js';
import type { Clock } from '../clock.js';
import { assembleLedger } from './assembleLedger.js';

import type { Ledger, LedgerPlaces, LedgerPolicy } from './ledger.js';

/**
 * Opens a ledger that `createLedger` or `plr init` has made, and finishes what a crash cut short:
 * rotations, erasures and merges. Throws `ERR_LEDGER_MISSING` where a part is missing, `ERR_VAULT_BEHIND` and
 * `ERR_MASTER_MISMATCH` where a part was restored from a backup that it must not come from. What is
 * recorded is screened by the standard list of words where no other screening is given.
 */
export async function openLedger(
  places: LedgerPlaces,
  clock: Clock,
  policy: Partial<LedgerPolicy> = {},
): Promise<Ledger> {
  const store = await openStore(places.store);
  const opened: { close: () => unknown }[] = [store];
  try {
    const vault = await openVault({
      path: places.vault,
      copyPath: places.vaultCopy,
      masters: createFileMasterDriver(places.master),
    });
    opened.push(vault);
    if (!existsSync(places.views)) {
      throw new StreamError(
        'ERR_LEDGER_MISSING',
        `expected views at ${places.views}, found none; "plr init" creates them`,
      );
    }
    const views = openViews(places.views);
    opened.push(views);
    const accessStores = createAccessStores(places.access, store.origin);
    opened.push(accessStores);
    return await assembleLedger({ store, vault, views, clock, accessStores, policy });
  } catch (error) {
    for (const part of opened) {
      await part.close();
    }
    throw error;
  }
}
