import { openViews, type ViewsDatabase } from '../../projections/kept/views.js';
import { createMemoryAccessStores } from '../../src/access/stores.js';
import { createSystemClock } from '../../src/clock.js';
import { assembleLedger } from '../../src/ledger/assembleLedger.js';
import type { EventStore } from '../../streams/eventStore.js';
import { openStore } from '../../streams/openStore.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { placesIn } from '../support/synthetic.js';
import { mergeRequest, type Pair } from './mergeSubject.js';

/**
 * Merges two ULNs and undoes it, over a store and views of which every change takes a step before it and a
 * step after it.
 */
export async function mergeAndUnmerge(
  folder: string,
  [master, superseded]: Pair,
  step: () => void,
): Promise<void> {
  const places = placesIn(folder);
  const masters = createFileMasterDriver(places.master);
  const ledger = await assembleLedger({
    accessStores: createMemoryAccessStores('test.invalid/access'),
    store: counted(await openStore(places.store), step),
    vault: await openVault({ path: places.vault, copyPath: null, masters }),
    views: countedViews(places.views, step),
    clock: createSystemClock(),
  });
  const asked = { superseded, reason: 'One certificate names both.' };
  const { mergeId } = await ledger.merging.merge(master, asked, mergeRequest('merge'));
  const undoing = { mergeId, reason: 'They are twins.' };
  await ledger.merging.unmerge(master, undoing, mergeRequest('unmerge'));
  await ledger.close();
}

function counted(store: EventStore, step: () => void): EventStore {
  const append: EventStore['append'] = async (...args) => {
    step();
    const appended = await store.append(...args);
    step();
    return appended;
  };
  return { ...store, append };
}

/** Views whose transactions are counted before and after: each takes effect as a whole. */
function countedViews(path: string, step: () => void): ViewsDatabase {
  const views = openViews(path);
  const make = views.database.transaction.bind(views.database);
  const transaction = (change: (...args: unknown[]) => unknown) => {
    const run = make(change);
    const immediate = (...args: unknown[]) => {
      step();
      const result = run.immediate(...args);
      step();
      return result;
    };
    return Object.assign((...args: unknown[]) => run(...args), { immediate });
  };
  Object.assign(views.database, { transaction });
  return views;
}
