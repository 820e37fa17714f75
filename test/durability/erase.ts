import { DEFAULT_POLICY } from '../../domain/learner/retention/policy.js';
import { openViews, type ViewsDatabase } from '../../projections/kept/views.js';
import { createMemoryAccessStores } from '../../src/access/stores.js';
import { createSystemClock } from '../../src/clock.js';
import { assembleLedger } from '../../src/ledger/assembleLedger.js';
import { openStore } from '../../streams/openStore.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { placesIn } from '../support/synthetic.js';
import { orderRequest, proposeRequest, type Subject } from './redactionSubject.js';

/**
 * Proposes and orders a redaction, or the disposal of the whole record, and carries it out, over parts of
 * which every call that changes anything takes a step before it and a step after it.
 */
export async function erase(
  folder: string,
  subject: Subject,
  what: 'redact' | 'dispose',
  step: () => void,
): Promise<void> {
  const places = placesIn(folder);
  const masters = createFileMasterDriver(places.master);
  const vault = await openVault({ path: places.vault, copyPath: null, masters });
  const ledger = await assembleLedger({
    accessStores: createMemoryAccessStores('test.invalid/access'),
    store: counted(await openStore(places.store), ['append'], step),
    vault: counted(vault, ['mint', 'shred', 'forget', 'moveCheckpoint'], step),
    views: countedViews(places.views, step),
    clock: createSystemClock(),
  });
  if (what === 'dispose') {
    const { retention } = ledger;
    const [request, policy] = [proposeRequest(subject), DEFAULT_POLICY];
    const { order } = await retention.propose(subject.uln, 'court-order', policy, request);
    await retention.order(order, policy, orderRequest(subject));
  } else {
    const { orders } = await ledger.erasure.propose(
      subject.stream,
      { event: subject.event, fields: ['notes', 'familyName'], everywhere: false },
      'special-category-data',
      proposeRequest(subject),
    );
    for (const order of orders) {
      await ledger.erasure.order(order, orderRequest(subject));
    }
  }
  await ledger.close();
}

/** The part with every one of the calls named counted before and after. */
function counted<Part extends object>(
  part: Part,
  names: readonly (keyof Part)[],
  step: () => void,
): Part {
  const wrapped = names.map((name) => {
    const call = part[name] as (...args: unknown[]) => unknown;
    const around = (...args: unknown[]) => {
      step();
      const result = call(...args);
      if (result instanceof Promise) {
        return result.then((value) => {
          step();
          return value;
        });
      }
      step();
      return result;
    };
    return [name, around];
  });
  return { ...part, ...Object.fromEntries(wrapped) };
}

/** Views whose transactions are counted before and after: each takes effect as a whole. */
function countedViews(path: string, step: () => void): ViewsDatabase {
  const views = openViews(path);
  const { database } = views;
  const make = database.transaction.bind(database);
  const transaction = (steps: (...args: unknown[]) => unknown) => {
    const run = make(steps);
    return Object.assign((...args: unknown[]) => run(...args), counted(run, ['immediate'], step));
  };
  Object.assign(database, { transaction });
  return counted(views, ['forget'], step);
}
