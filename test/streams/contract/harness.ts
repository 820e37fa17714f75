import { onTestFinished } from 'vitest';
import type { EventStore } from '../../../streams/eventStore.js';

/** How a contract test gets at an engine. */
export type Harness = {
  /** An empty place for a store, and how to open it: each call is another connection where the engine has any. */
  readonly place: () => Promise<{
    readonly open: () => Promise<EventStore>;
    readonly remove: () => Promise<void>;
  }>;
  /** Whether what was appended is there when the store is opened again. */
  readonly outlivesClosing: boolean;
};

/** Opens as many connections to one empty store as asked for; all are closed when the test ends. */
export async function openStores(
  harness: Harness,
  count: number,
): Promise<readonly [EventStore, ...EventStore[]]> {
  const place = await harness.place();
  const first = await place.open();
  const others: EventStore[] = [];
  onTestFinished(async () => {
    for (const store of [first, ...others]) {
      await store.close();
    }
    await place.remove();
  });
  for (let index = 1; index < count; index += 1) {
    others.push(await place.open());
  }
  return [first, ...others];
}

/** Opens one connection to an empty store. */
export async function openOne(harness: Harness): Promise<EventStore> {
  const [store] = await openStores(harness, 1);
  return store;
}

/** Opens two connections to one empty store. */
export async function openPair(harness: Harness): Promise<readonly [EventStore, EventStore]> {
  const [one, other = one] = await openStores(harness, 2);
  return [one, other];
}
