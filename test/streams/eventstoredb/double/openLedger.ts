import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { isCode } from '../../../../streams/errors.js';
import type { EventStore } from '../../../../streams/eventStore.js';
import {
  createEventStoreDbStore,
  openEventStoreDbStore,
} from '../../../../streams/eventstoredb/store.js';
import { type Double, startDouble } from './cluster.js';
import type { Fault, Rpc } from './node.js';

/** The origin of every ledger of these tests. */
export const ORIGIN = 'test.invalid/ledger';

/** Calls that give up soon, so that silence does not take long, and late enough for a machine that is busy. */
const IMPATIENT = '&defaultDeadline=1000&retryBudget=600000';

/** Starts a double and a ledger on it; all are gone when the test ends. */
export async function openLedger(
  setting: { readonly nodes?: number; readonly parameters?: string } = {},
): Promise<{
  readonly double: Double;
  readonly store: EventStore;
  readonly name: string;
  readonly url: string;
  /** Another connection. */
  readonly openAnother: () => Promise<EventStore>;
}> {
  const double = await startDouble(setting.nodes);
  const name = `t-${randomUUID()}`;
  const url = double.url(name, setting.parameters ?? IMPATIENT);
  const stores: EventStore[] = [];
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    double.stop();
  });
  await patiently(() => createEventStoreDbStore(url, ORIGIN));
  const openAnother = async () => {
    const store = await patiently(() => openEventStoreDbStore(url));
    stores.push(store);
    return store;
  };
  return { double, store: await openAnother(), name, url, openAnother };
}

/** Lets the next calls of a kind go wrong, one way each, and all others be. */
export function failing(rpc: Rpc, ...next: readonly Fault[]): (asked: Rpc) => Fault {
  const left = [...next];
  return (asked) => (asked === rpc ? (left.shift() ?? 'none') : 'none');
}

/** Does something again while the server is not reached in the time that a test leaves it, or nobody says what came of it. */
export async function patiently<Result>(step: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!isCode(error, 'ERR_STORE_UNREACHABLE') && !isCode(error, 'ERR_APPEND_OUTCOME_UNKNOWN')) {
        throw error;
      }
    }
  }
}

/** Waits for so long. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
