import { createMemoryStore } from '../../streams/memory.js';
import { eventStoreContract } from './contract.js';

eventStoreContract('memory', {
  // Everybody in the process shares the one store; there are no connections to tell apart.
  place: async () => {
    const store = createMemoryStore('test.invalid/ledger');
    return { open: async () => store, remove: async () => undefined };
  },
  outlivesClosing: false,
});
