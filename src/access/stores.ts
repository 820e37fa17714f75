import { existsSync } from 'node:fs';
import type { EventStore } from '../../streams/eventStore.js';
import { createMemoryStore } from '../../streams/memory.js';
import { sqlitePath } from '../../streams/openStore.js';
import { createSqliteStore, openSqliteStore } from '../../streams/sqlite.js';
import { createDatabaseFile } from '../../streams/sqliteFile.js';

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
  return createStores((year, create) => {
    const path = sqlitePath(urlTemplate.replaceAll('{year}', String(year)));
    if (!existsSync(path)) {
      if (!create) {
        return null;
      }
      makeFile(path);
    }
    createSqliteStore(path, originOf(origin, year));
    return openSqliteStore(path);
  });
}

/** Creates stores that live and die with the process. */
export function createMemoryAccessStores(origin: string): AccessStores {
  return createStores((year) => createMemoryStore(originOf(origin, year)));
}

function createStores(open: (year: number, create: boolean) => EventStore | null): AccessStores {
  const opened = new Map<number, EventStore>();
  return {
    open: async (year, { create }) => {
      const store = opened.get(year) ?? open(year, create);
      if (store !== null) {
        opened.set(year, store);
      }
      return store;
    },
    close: async () => {
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

/** Makes the file unless another process does so at the same time. */
function makeFile(path: string): void {
  try {
    createDatabaseFile(path);
  } catch (error) {
    if (!existsSync(path)) {
      throw error;
    }
  }
}
