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
let places = 0;

/** A harness over servers that run while the tests do: each place is a ledger of another name. */
function harnessOn(servers: () => readonly NatsServer[], query: string) {
  return {
    place: async () => {
      places += 1;
      const url = urlOf(servers(), `ledger-${places}`, query);
      await createJetStreamStore(url, ORIGIN);
      return { open: () => openJetStreamStore(url), remove: async () => undefined };
    },
    outlivesClosing: true,
  };
}

describe.skipIf(isNatsMissing)('one server', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await openNatsServer();
  });
  afterAll(() => server.remove());
  eventStoreContract(
    'jetstream',
    harnessOn(() => [server], ''),
  );
});

describe.skipIf(isNatsMissing)('three servers', () => {
  let servers: readonly NatsServer[] = [];
  beforeAll(async () => {
    servers = await openNatsCluster();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.remove()));
  });
  eventStoreContract(
    'jetstream with three replicas',
    harnessOn(() => servers, '?replicas=3'),
  );
});
