import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  createEventStoreDbStore,
  openEventStoreDbStore,
} from '../../../streams/eventstoredb/store.js';
import { modelContract } from '../contract/model.js';
import { eventStoreContract } from '../contract.js';
import { type Double, startDouble } from './double/cluster.js';
import type { Fault, Rpc } from './double/node.js';
import { ORIGIN, patiently } from './double/openLedger.js';

/** A server to run the contract against, in place of the double. */
const server = process.env['PLR_TEST_ESDB_URL'];

let double: Double;
beforeAll(async () => {
  double = await startDouble();
});
afterAll(() => double.stop());

eventStoreContract(server === undefined ? 'eventstoredb' : 'eventstoredb on a server', {
  place: async () => {
    const name = `t-${randomUUID()}`;
    const url =
      server === undefined
        ? double.url(name)
        : server.replace(/^([^:]+:\/\/[^/?]+)(\/[^?]*)?/, `$1/${name}`);
    await createEventStoreDbStore(url, ORIGIN);
    return { open: () => openEventStoreDbStore(url), remove: async () => undefined };
  },
  outlivesClosing: true,
});

// A seed is one sequence of faults, the same for every sequence of appends, so that a failure shrinks.
describe.each([1, 2, 3])('eventstoredb, where calls go wrong at random (seed %i)', (seed) => {
  modelContract({
    place: async () => {
      const faulty = await startDouble();
      // However many calls in a row come to nothing on a busy machine, the next is tried.
      const url = faulty.url('plr', '&defaultDeadline=100&retryBudget=9000000');
      await createEventStoreDbStore(faulty.url('plr'), ORIGIN);
      return {
        open: async () => {
          const store = await patiently(() => openEventStoreDbStore(url));
          faulty.node.faults.next = randomFaults(seed);
          return store;
        },
        remove: async () => faulty.stop(),
      };
    },
    outlivesClosing: true,
  });
});

/** One call in fifteen goes wrong, in any of the ways that the call can. */
function randomFaults(seed: number): (rpc: Rpc) => Fault {
  let state = seed;
  const next = (below: number): number => {
    // The multiplier and increment are those of Numerical Recipes' generator; its high bits are used.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const ways = ['silent', 'not-ready', 'lost', 'lost-silently', 'timeout'] as const;
  return () => (next(15) === 0 ? (ways[next(ways.length)] ?? 'none') : 'none');
}
