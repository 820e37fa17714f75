import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openViews } from '../../projections/kept/views.js';
import { createMemoryStore } from '../../streams/memory.js';
import { createDatabaseFile } from '../../streams/sqlite/file.js';
import { createVault } from '../../streams/vault/createVault.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { createMemoryAccessStores } from '../access/stores.js';
import type { Clock } from '../clock.js';
import { assembleLedger } from './assembleLedger.js';
import { recordCreation } from './createLedger.js';
import type { Ledger } from './ledger.js';

/**
 * Opens a new ledger whose events live in memory, with its keys in a temporary folder that goes when
 * it is closed: for the tests of services that embed the ledger. Nothing in it outlives the process.
 */
export async function openMemoryLedger(clock: Clock): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'plr-memory-'));
  const masters = createFileMasterDriver(join(folder, 'master.key'));
  const { id: masterId } = await masters.create();
  const vaultPath = join(folder, 'vault.db');
  const viewsPath = join(folder, 'views.db');
  const first = { origin: `memory.invalid/${randomUUID()}`, at: clock(), masterId };
  const origin = await createVault(vaultPath, first, masters);
  const vault = await openVault({ path: vaultPath, copyPath: null, masters });
  const store = createMemoryStore(origin);
  await recordCreation(store, vault, clock);
  createDatabaseFile(viewsPath);
  const accessStores = createMemoryAccessStores(origin);
  const views = openViews(viewsPath);
  const ledger = await assembleLedger({ store, vault, views, clock, accessStores });
  return {
    ...ledger,
    close: async () => {
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
