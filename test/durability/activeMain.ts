import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Ukprn } from '../../domain/values/ukprn.js';
import { openViews } from '../../projections/kept/views.js';
import { createAccessStores } from '../../src/access/stores.js';
import { createSystemClock } from '../../src/clock.js';
import { assembleLedger } from '../../src/ledger/assembleLedger.js';
import { openStore } from '../../streams/openStore.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';
import { until } from '../support/until.js';
import { orderRequest, proposeRequest, type Subject } from './redactionSubject.js';

// Is the active process, and is held right before a call that it was about to make: it says so, and goes on
// when it is told to. Then it tries everything that only the active side may do, and says how that ended.

const [folder = '', url = '', subjectJson = '{}', heldCall = ''] = process.argv.slice(2);
const subject = JSON.parse(subjectJson) as Subject;
const clock = createSystemClock();
let wasHeld = false;

/** A request of the registry's, as a new command. */
const request = () => ({
  by: { kind: 'organisation', ukprn: Ukprn.parse('10000001') } as const,
  user: 'staff1',
  purpose: 'service-operation' as const,
  commandId: randomUUID(),
});

async function hold(call: string): Promise<void> {
  if (call === heldCall && !wasHeld) {
    wasHeld = true;
    process.stdout.write(`held ${call}\n`);
    await once(process.stdin, 'data');
  }
}

async function outcomeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

const places = placesIn(folder);
const store = await openStore(url);
const vault = await openVault({
  path: places.vault,
  copyPath: places.vaultCopy,
  masters: createFileMasterDriver(places.master),
});
let isReady = false;
const ledger = await assembleLedger({
  store: {
    ...store,
    append: async (...given) => {
      await (isReady ? hold('append') : undefined);
      return store.append(...given);
    },
  },
  vault: {
    ...vault,
    shred: async (shred) => {
      await hold('shred');
      return vault.shred(shred);
    },
  },
  views: openViews(places.views),
  clock,
  accessStores: createAccessStores(places.access, store.origin),
});
const { superseded } = await ledger.activate();
isReady = true;
process.stdout.write('active\n');

if (heldCall === 'shred') {
  const redacting = (async () => {
    const { orders } = await ledger.erasure.propose(
      subject.stream,
      { event: subject.event, fields: ['notes'], everywhere: false },
      'special-category-data',
      proposeRequest(subject),
    );
    for (const order of orders) {
      await ledger.erasure.order(order, orderRequest(subject));
    }
  })();
  process.stdout.write(`redact ${await outcomeOf(redacting)}\n`);
} else {
  const amending = ledger.handle(
    subject.uln,
    { type: 'AmendLearnerDetails', data: { changes: { title: 'Dr' } } },
    request(),
  );
  process.stdout.write(`append ${await outcomeOf(amending)}\n`);
}
const registering = ledger.register(learnerDetails(99), request());
process.stdout.write(`mint ${await outcomeOf(registering)}\n`);
process.stdout.write(`rotate ${await outcomeOf(ledger.rotateVault())}\n`);
process.stdout.write(`runner ${await outcomeOf(ledger.statistics({} as never))}\n`);
await until(() => superseded.aborted);
process.stdout.write(`superseded ${superseded.aborted}\n`);
process.exit(0);
