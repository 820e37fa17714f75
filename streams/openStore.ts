import { StreamError } from './errors.js';
import type { EventStore } from './eventStore.js';
import { createDatabaseFile } from './sqlite/file.js';
import { createSqliteStore, openSqliteStore } from './sqlite/store.js';

/** How the stores of one URL scheme are made and opened. */
type Engine = {
  /** Makes an empty store for the ledger of an origin; does nothing where it is made. */
  readonly create: (url: string, origin: string) => Promise<void>;
  readonly open: (url: string) => Promise<EventStore>;
};

// An engine's client library is loaded when a URL asks for it: no ledger pays for the others'.
const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  sqlite: async () => sqliteEngine,
  nats: jetstream,
  tls: jetstream,
  esdb: eventStoreDbEngine,
  'esdb+discover': eventStoreDbEngine,
};

async function jetstream(): Promise<Engine> {
  const { createJetStreamStore, openJetStreamStore } = await import('./jetstream/open.js');
  return { create: createJetStreamStore, open: openJetStreamStore };
}

const sqliteEngine: Engine = {
  create: async (url, origin) => {
    const path = sqlitePath(url);
    createDatabaseFile(path);
    createSqliteStore(path, origin);
  },
  open: async (url) => openSqliteStore(sqlitePath(url)),
};

async function eventStoreDbEngine(): Promise<Engine> {
  const engine = await import('./eventstoredb/store.js');
  return { create: engine.createEventStoreDbStore, open: engine.openEventStoreDbStore };
}

/**
 * Opens the store that a URL names. Throws `ERR_STORE_URL` for a scheme that no engine has, and
 * `ERR_LEDGER_MISSING` where `createStore` has made none.
 */
export async function openStore(url: string): Promise<EventStore> {
  const engine = await engineOf(url);
  return engine.open(url);
}

/**
 * Makes the store that a URL names, empty, for the ledger of an origin; does nothing where it is made.
 * Throws `ERR_LEDGER_MISMATCH` when it holds a ledger of another origin.
 */
export async function createStore(url: string, origin: string): Promise<void> {
  const engine = await engineOf(url);
  await engine.create(url, origin);
}

/** The file that a store is, `null` for a store on a server. Throws `ERR_STORE_URL` as `openStore` does. */
export function storeFile(url: string): string | null {
  return schemeOf(url) === 'sqlite' ? sqlitePath(url) : null;
}

/** A store's URL as it may be shown: without the names and passwords that are in it. */
export function shownStore(url: string): string {
  return url.replace(/\?.*$/, '').replace(/\/\/.*@/, '//');
}

function engineOf(url: string): Promise<Engine> {
  const load = engines[schemeOf(url)];
  if (load === undefined) {
    throw new RangeError('a scheme that was checked has an engine');
  }
  return load();
}

function schemeOf(url: string): string {
  const scheme = /^([a-z+]+):/.exec(url)?.[1] ?? '';
  if (!Object.hasOwn(engines, scheme)) {
    throw new StreamError(
      'ERR_STORE_URL',
      `expected a store URL that begins with ${Object.keys(engines).join(', ')} and a colon, such as sqlite:./data/ledger.db, found another`,
    );
  }
  return scheme;
}

function sqlitePath(url: string): string {
  const path = /^sqlite:(?!\/\/)(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new StreamError(
      'ERR_STORE_URL',
      'expected a store URL sqlite:<path>, such as sqlite:./data/ledger.db, found another',
    );
  }
  return path;
}
