import { isCode } from '../../streams/errors.js';
import type { EventStore } from '../../streams/eventStore.js';
import { createMemoryStore } from '../../streams/memory.js';
import { createStore, openStore } from '../../streams/openStore.js';

/** The stores of the access ledger, one for each year. */
export type AccessStores = {
  /** The store of a year, made where it is not there; with `create: false` `null` is answered instead. */
  readonly open: (
    year: number,
    options: { readonly create: boolean },
  ) => Promise<EventStore | null>;
  readonly close: () => Promise<void>;
};

/** Creates the stores that a URL with `{year}` in it names, for the ledger of an origin. */
export function createAccessStores(urlTemplate: string, origin: string): AccessStores {
  return createStores(async (year, create) => {
    const url = urlTemplate.replaceAll('{year}', String(year));
    if (create) {
      await createStore(url, originOf(origin, year));
    }
    return openStore(url).catch((error: unknown) => {
      if (!create && isCode(error, 'ERR_LEDGER_MISSING')) {
        return null;
      }
      throw error;
    });
  });
}

/** Creates stores that live and die with the process. */
export function createMemoryAccessStores(origin: string): AccessStores {
  return createStores(async (year) => createMemoryStore(originOf(origin, year)));
}

function createStores(
  open: (year: number, create: boolean) => Promise<EventStore | null>,
): AccessStores {
  const opened = new Map<number, EventStore>();
  let turn: Promise<unknown> = Promise.resolve();

  async function openOnce(year: number, create: boolean): Promise<EventStore | null> {
    const store = opened.get(year) ?? (await open(year, create));
    if (store !== null) {
      opened.set(year, store);
    }
    return store;
  }

  return {
    open: (year, { create }) => {
      // One after another: of two openings of a year at once, one store would never be closed.
      const opening = turn.then(() => openOnce(year, create));
      turn = opening.catch(() => undefined);
      return opening;
    },
    close: async () => {
      await turn;
      for (const store of opened.values()) {
        await store.close();
      }
    },
  };
}

/** An access ledger is a ledger of its own: its events cannot be taken for others of the same origin. */
function originOf(origin: string, year: number): string {
  return `${origin}/access-${year}`;
}
