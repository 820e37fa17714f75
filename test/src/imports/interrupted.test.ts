import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Uln } from '../../../domain/values/uln.js';
import { openViews } from '../../../projections/kept/views.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import { createLedger } from '../../../src/ledger/createLedger.js';
import type { Ledger, LedgerPlaces } from '../../../src/ledger/ledger.js';
import { verifyStreams } from '../../../src/upkeep/verify.js';
import { StreamError } from '../../../streams/errors.js';
import type { EventStore } from '../../../streams/eventStore.js';
import { openStore } from '../../../streams/openStore.js';
import { createFileMasterDriver } from '../../../streams/vault/master.js';
import { openVault } from '../../../streams/vault/openVault.js';
import { countEvents, createTestClock, temporaryFolder } from '../../support/ledger.js';
import { placesIn } from '../../support/synthetic.js';
import { fileOf, importRows, learnersCsv } from './files.js';

const { clock } = createTestClock('2026-09-01T09:00:00.000Z');
const ROWS = 300;

/** Opens a ledger whose store is another, made of the real one. */
async function openWith(
  places: LedgerPlaces,
  wrap: (store: EventStore) => EventStore,
): Promise<Ledger> {
  const masters = createFileMasterDriver(places.master);
  const vault = await openVault({ path: places.vault, copyPath: null, masters });
  const store = wrap(await openStore(places.store));
  return assembleLedger({
    store,
    vault,
    views: openViews(places.views),
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
}

/** A store that fails for good after a number of appends: at once, or having written all the same. */
function failingAfter(count: number, hasWritten: boolean): (store: EventStore) => EventStore {
  let appends = 0;
  return (store) => ({
    ...store,
    append: async (...request) => {
      appends += 1;
      if (appends <= count) {
        return store.append(...request);
      }
      if (hasWritten && appends === count + 1) {
        await store.append(...request);
      }
      throw new StreamError('ERR_STORE_FAILED', 'expected the disk to hold, found it full');
    },
  });
}

/** Who was registered, in the order of the file, as their records tell. */
async function recordsOf(ledger: Ledger, ulns: readonly string[]): Promise<readonly unknown[]> {
  const records: unknown[] = [];
  for (const uln of ulns) {
    const { details } = plrAt(await ledger.read(Uln.parse(uln)), NOW);
    records.push(details);
  }
  return records;
}

describe.each([
  ['at its first row', 0, false],
  ['in the middle', 101, false],
  ['in the middle, with the answer to a write lost', 101, true],
])('an import interrupted %s and begun again', (_, count, hasWritten) => {
  const path = fileOf(learnersCsv(ROWS));
  const places = placesIn(temporaryFolder());
  let failure: unknown;
  let resultLeft: boolean;
  let recorded: number;
  let ledger: Ledger;
  let ulns: readonly string[];
  let outcomes: readonly string[];

  beforeAll(async () => {
    await createLedger(places, 'test.invalid/2026', clock);
    const broken = await openWith(places, failingAfter(count, hasWritten));
    failure = await importRows(broken, 'learners', path).catch((error: unknown) => error);
    resultLeft = existsSync(`${path}.result.csv`);
    recorded = (await countEvents(broken)) - 1;
    await broken.close();
    ledger = await openWith(places, (store) => store);
    const { answers } = await importRows(ledger, 'learners', path);
    ulns = answers.map(({ ULN }) => ULN);
    outcomes = answers.map(({ Outcome }) => Outcome);
  });

  afterAll(async () => {
    await ledger.close();
  });

  test('ends the first time with the failure itself', () => {
    expect(failure).toMatchObject({ code: 'ERR_STORE_FAILED' });
  });

  test('leaves no result that looks complete', () => {
    expect(resultLeft).toBe(false);
  });

  test('ends with one event for every row, as if it had not been interrupted', async () => {
    expect(await countEvents(ledger)).toBe(1 + ROWS);
  });

  test('issues no ULN twice', () => {
    expect(new Set(ulns).size).toBe(ROWS);
  });

  test('answers the rows that were recorded as already there, and no others', () => {
    expect(outcomes.filter((outcome) => outcome === 'already-exists')).toHaveLength(recorded);
  });

  test('answers every row with a ULN whose record is that of the row', async () => {
    const whole = await openWhole(path);
    const expected = await recordsOf(whole.ledger, whole.ulns);
    expect(await recordsOf(ledger, ulns)).toEqual(expected);
    await whole.ledger.close();
  });

  test('leaves nothing that does not verify', async () => {
    const { problems } = await verifyStreams(ledger.parts, null, () => undefined);
    expect(problems).toEqual([]);
  });
});

/** The same file imported into a ledger of its own, uninterrupted. */
async function openWhole(path: string) {
  const places = placesIn(temporaryFolder());
  await createLedger(places, 'test.invalid/2026', clock);
  const ledger = await openWith(places, (store) => store);
  const { answers } = await importRows(ledger, 'learners', path);
  return { ledger, ulns: answers.map(({ ULN }) => ULN) };
}

describe('the rows of an import', () => {
  test('have at least 32 appends under way at once', async () => {
    const places = placesIn(temporaryFolder());
    await createLedger(places, 'test.invalid/2026', clock);
    const most = { appends: 0 };
    const ledger = await openWith(places, counting(most));
    await importRows(ledger, 'learners', fileOf(learnersCsv(ROWS)));
    await ledger.close();
    expect(most.appends).toBeGreaterThanOrEqual(32);
  });

  test('share commits: far fewer turns of the log than rows', async () => {
    const places = placesIn(temporaryFolder());
    await createLedger(places, 'test.invalid/2026', clock);
    const turns = { count: 0 };
    const ledger = await openWith(places, countingTurns(turns));
    await importRows(ledger, 'learners', fileOf(learnersCsv(ROWS)));
    await ledger.close();
    expect(turns.count).toBeLessThan(ROWS / 4);
  });
});

function counting(most: { appends: number }): (store: EventStore) => EventStore {
  let underWay = 0;
  return (store) => ({
    ...store,
    append: async (...request) => {
      underWay += 1;
      most.appends = Math.max(most.appends, underWay);
      try {
        return await store.append(...request);
      } finally {
        underWay -= 1;
      }
    },
  });
}

/** Counts how often answers came: those of one commit come in one turn of the event loop. */
function countingTurns(turns: { count: number }): (store: EventStore) => EventStore {
  let isSameTurn = false;
  return (store) => ({
    ...store,
    append: async (...request) => {
      const receipt = await store.append(...request);
      if (!isSameTurn) {
        isSameTurn = true;
        turns.count += 1;
        setImmediate(() => {
          isSameTurn = false;
        });
      }
      return receipt;
    },
  });
}
