import { StreamError } from './errors.js';
import type { EventStore } from './eventStore.js';
import { openSqliteStore } from './sqlite.js';

/** The path in a store URL `sqlite:<path>`. Throws `ERR_STORE_URL` for any other. */
export function sqlitePath(url: string): string {
  const path = /^sqlite:(?!\/\/)(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new StreamError(
      'ERR_STORE_URL',
      'expected a store URL sqlite:<path>, such as sqlite:./data/ledger.db, found another',
    );
  }
  return path;
}

/** Opens the store that a URL names. Throws `ERR_STORE_URL` for a scheme that no engine has. */
export async function openStore(url: string): Promise<EventStore> {
  return openSqliteStore(sqlitePath(url));
}
