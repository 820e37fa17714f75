import { expect, test } from 'vitest';
import { isRedacted } from '../../domain/redaction.js';
import { openViews } from '../../projections/kept/views.js';
import { createMemoryAccessStores } from '../../src/access/stores.js';
import { assembleLedger } from '../../src/ledger/assembleLedger.js';
import type { LedgerPlaces } from '../../src/ledger/ledger.js';
import { StreamError } from '../../streams/errors.js';
import { openStore } from '../../streams/openStore.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { createTestClock, openNewLedger, requestBy, type TestClock } from '../support/ledger.js';

const DETAILS = {
  givenName: 'Amber',
  familyName: 'Sampleton',
  dateOfBirth: '2003-04-17',
  gender: '2',
  lastKnownPostCode: 'ZZ99 9ZZ',
  abilityToShare: '1',
  verificationType: '1',
  notes: 'Treatment at a hospital',
} as const;

/** Orders a redaction in another process that ends before it has carried the order out. */
async function orderAndCrash(places: LedgerPlaces, time: TestClock, order: string): Promise<void> {
  const masters = createFileMasterDriver(places.master);
  const vault = await openVault({ path: places.vault, copyPath: null, masters });
  const store = await openStore(places.store);
  const crashing: typeof store.append = async (stream, ...rest) => {
    if (stream.startsWith('learner-')) {
      throw new StreamError('ERR_STORE_FAILED', 'expected the process to go on, found it ended');
    }
    return store.append(stream, ...rest);
  };
  const parts = {
    vault,
    views: openViews(places.views),
    clock: time.clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  };
  const other = await assembleLedger({ ...parts, store: { ...store, append: crashing } });
  const approver = { ...requestBy('10000001', 'data-protection'), user: 'officer2' };
  await other.erasure.order(order, approver).catch(() => undefined);
  await other.close();
}

test.each([
  ['a month', '2026-02-05T08:00:00.000Z'],
  ['a year and a half', '2027-06-05T08:00:00.000Z'],
  ['three years', '2029-01-05T08:00:00.000Z'],
])(
  'a process that sat idle for %s reads what another has ordered since as redacted',
  async (_, later) => {
    const time = createTestClock('2026-01-05T08:00:00.000Z');
    const { ledger, places } = await openNewLedger(time.clock);
    const { uln, receipt } = await ledger.register(DETAILS, requestBy('10000001'));
    const selection = { event: String(receipt.eventIds[0]), fields: ['notes'], everywhere: false };
    const proposer = { ...requestBy('10000001', 'data-protection'), user: 'officer1' };
    const stream = await ledger.streamOf(uln);
    const proposal = await ledger.erasure.propose(stream, selection, 'court-order', proposer);
    time.set('2026-01-20T08:00:00.000Z');
    await orderAndCrash(places, time, String(proposal.orders[0]));
    time.set(later);
    const [issued] = await ledger.read(uln);
    await ledger.close();
    const data: Readonly<Record<string, unknown>> = issued?.event.data ?? {};
    expect(isRedacted(data['notes'])).toBe(true);
  },
);
