import { afterAll, beforeAll, describe } from 'vitest';
import { createJetStreamStore, openJetStreamStore } from '../../../streams/jetstream/open.js';
import {
  isNatsMissing,
  type NatsServer,
  openNatsCluster,
  openNatsServer,
  urlOf,
} from '../../support/natsServer.js';
import { eventStoreContract } from '../contract.js';

const ORIGIN = 'test.invalid/ledger';
/** How many places are made before they are asked for: servers that agree on one take their time. */
const PLACES_AHEAD = 6;
let places = 0;

/** A harness over servers that run while the tests do: each place is a ledger of another name. */
function harnessOn(servers: () => readonly NatsServer[], query: string) {
  const making: Promise<string>[] = [];
  async function make(): Promise<string> {
    places += 1;
    const url = urlOf(servers(), `ledger-${places}`, query);
    await createJetStreamStore(url, ORIGIN);
    return url;
  }
  return {
    place: async () => {
      while (making.length <= PLACES_AHEAD) {
        const made = make();
        // Whoever is given the place hears of it.
        made.catch(() => undefined);
        making.push(made);
      }
      const url = (await making.shift()) ?? '';
      return { open: () => openJetStreamStore(url), remove: async () => undefined };
    },
    outlivesClosing: true,
    /** Waits for what is under way, before the servers go. */
    end: () => Promise.allSettled(making),
  };
}

describe.skipIf(isNatsMissing)('one server', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await openNatsServer();
  });
  const harness = harnessOn(() => [server], '');
  afterAll(async () => {
    await harness.end();
    await server.remove();
  });
  eventStoreContract('jetstream', harness);
});

describe.skipIf(isNatsMissing)('three servers', () => {
  let servers: readonly NatsServer[] = [];
  beforeAll(async () => {
    servers = await openNatsCluster();
  });
  const harness = harnessOn(() => servers, '?replicas=3');
  afterAll(async () => {
    await harness.end();
    await Promise.all(servers.map((server) => server.remove()));
  });
  eventStoreContract('jetstream with three replicas', harness);
});
