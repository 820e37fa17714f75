import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inFlight } from '../../../src/imports/inFlight.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { createTestClock } from '../../support/ledger.js';
import { fileOf, importRows, PARTICIPATION_HEADER, registrationOf } from './files.js';

const ITEMS = 20_000;

/** Counts what is under way and what was read of a source but not yet taken out at the other end. */
function createGauge() {
  const gauge = { read: 0, taken: 0, underWay: 0, mostUnderWay: 0, mostHeld: 0 };
  return {
    gauge,
    async *source(count: number): AsyncGenerator<number> {
      for (let item = 0; item < count; item += 1) {
        gauge.read += 1;
        gauge.mostHeld = Math.max(gauge.mostHeld, gauge.read - gauge.taken);
        yield item;
      }
    },
    work: async (item: number): Promise<number> => {
      gauge.underWay += 1;
      gauge.mostUnderWay = Math.max(gauge.mostUnderWay, gauge.underWay);
      await turn();
      gauge.underWay -= 1;
      return item;
    },
  };
}

describe('work in flight', () => {
  test('never has more than its limit under way', async () => {
    const { gauge, source, work } = createGauge();
    for await (const _ of inFlight(source(ITEMS), 128, work)) {
      gauge.taken += 1;
    }
    expect(gauge.mostUnderWay).toBe(128);
  });

  test('reads its source only as far as there is room', async () => {
    const { gauge, source, work } = createGauge();
    for await (const _ of inFlight(source(ITEMS), 128, work)) {
      gauge.taken += 1;
    }
    expect(gauge.mostHeld).toBeLessThanOrEqual(129);
  });

  test('yields every result in the order of the items, whichever ends first', async () => {
    const { source } = createGauge();
    const results: number[] = [];
    const slowest = async (item: number) => {
      await new Promise((resolve) => setTimeout(resolve, (item * 7) % 10));
      return item;
    };
    for await (const result of inFlight(source(200), 16, slowest)) {
      results.push(result);
    }
    expect(results).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  test('ends with the first failure, after what is under way has ended', async () => {
    const { gauge, source, work } = createGauge();
    const failing = async (item: number) => {
      if (item === 40) {
        throw new Error('the disk is full');
      }
      return work(item);
    };
    const all = async () => {
      for await (const _ of inFlight(source(ITEMS), 32, failing)) {
        gauge.taken += 1;
      }
    };
    await expect(all()).rejects.toThrow('the disk is full');
    expect([gauge.taken, gauge.underWay]).toEqual([40, 0]);
  });

  test('reads no further once its reader has left', async () => {
    const { gauge, source, work } = createGauge();
    for await (const _ of inFlight(source(ITEMS), 8, work)) {
      break;
    }
    await turn();
    expect(gauge.read).toBe(8);
  });
});

describe('an import of 20,000 rows', () => {
  let ledger: Ledger;
  let mostUnderWay = 0;

  beforeAll(async () => {
    ledger = await openMemoryLedger(createTestClock('2026-09-01T09:00:00.000Z').clock);
    let underWay = 0;
    const handle: Ledger['handle'] = async (_uln, _command, { commandId }) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      await turn();
      underWay -= 1;
      return registrationOf(commandId);
    };
    const rows = Array.from(
      { length: ITEMS },
      (_, index) => `1000000043,P-${index},ILR,601/0143/X,2025-09-08,`,
    );
    const path = fileOf([PARTICIPATION_HEADER, ...rows, ''].join('\n'));
    await importRows({ ...ledger, handle }, 'participation', path);
  });

  afterAll(async () => {
    await ledger.close();
  });

  test('has at least 32 rows under way at once, so that they share commits', () => {
    expect(mostUnderWay).toBeGreaterThanOrEqual(32);
  });

  test('has at most 128 rows under way at once, so that memory stays flat', () => {
    expect(mostUnderWay).toBeLessThanOrEqual(128);
  });
});
