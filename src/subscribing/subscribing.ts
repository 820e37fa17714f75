import type Database from 'better-sqlite3';
import { createPublished } from '../../projections/kept/published.js';
import type { EventStore } from '../../streams/eventStore.js';
import type { AccessParts } from '../access/asked.js';
import type { Organisations } from '../organisations/organisations.js';
import { createMessages } from './messages.js';
import { createParticulars, type FetchParticulars } from './particulars.js';
import { createPublisher, type Publisher } from './publisher.js';
import { createSubscriberRegister, type SubscriberRegister } from './subscribers.js';

/** Telling other services what happens to records: who is told, what of it they may see, and the telling. */
export type Subscribing = SubscriberRegister & {
  readonly particulars: FetchParticulars;
  /** Connects to the bus that a URL names (`nats://…`). Throws `ERR_BUS_FAILED`, `ERR_STORE_URL`. */
  readonly openPublisher: (bus: string) => Promise<Publisher & { close: () => Promise<void> }>;
};

/** Creates the doors of subscribing. */
export function createSubscribing(
  parts: AccessParts & {
    readonly store: EventStore;
    readonly database: Database.Database;
    readonly organisations: Pick<Organisations, 'read'>;
  },
): Subscribing {
  const { store } = parts;
  const register = createSubscriberRegister(parts);
  return {
    ...register,
    particulars: createParticulars(parts, register),
    openPublisher: async (url) => {
      // Whoever publishes nothing does not load a broker's library.
      const { connectBus } = await import('./bus.js');
      const bus = await connectBus(url);
      const publisher = createPublisher({
        store,
        register,
        messagesFor: createMessages({ ...parts, origin: store.origin }),
        published: createPublished(parts.database),
        bus,
      });
      return { ...publisher, close: bus.close };
    },
  };
}
