import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { createEventStoreDbStore, openEventStoreDbStore } from '../../streams/eventstoredb.js';
import { eventStoreContract } from './contract.js';
import { type Double, startDouble } from './eventstoredb/cluster.js';

const ORIGIN = 'test.invalid/ledger';

let double: Double;
beforeAll(async () => {
  double = await startDouble();
});
afterAll(() => double.stop());

eventStoreContract('eventstoredb', {
  place: async () => {
    const url = double.url(`t-${randomUUID()}`);
    await createEventStoreDbStore(url, ORIGIN);
    return { open: () => openEventStoreDbStore(url), remove: async () => undefined };
  },
  outlivesClosing: true,
});
