import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { StreamError } from './errors.js';
import { KEY_BYTES, unwrapKey, wrapKey } from './keyWrap.js';
import type { MasterDriver } from './master.js';
import { eventKeyOf } from './sealing.js';
import { createDatabaseFile, whenFree } from './sqliteFile.js';
import { bringTogether } from './vaultCopies.js';
import {
  checkVault,
  isVaultUnmade,
  makeVault,
  openVaultFile,
  readVaultState,
  truncateWriteAheadLog,
  type VaultState,
} from './vaultFile.js';
import { behind, mintIn, shredIn } from './vaultKeys.js';
import { destroyReplacedMasters, rotateVault } from './vaultRotation.js';

/** A sealed event's place: enough to find its key. */
export type SealedEvent = {
  readonly stream: string;
  readonly version: number;
  readonly key: number;
  readonly id: string;
};

/** The key of an event, or why there is none any more: it was sealed anew at a later version, or dropped for good. */
export type EventKey =
  | { readonly state: 'live'; readonly key: Buffer }
  | { readonly state: 'resealed'; readonly version: number }
  | { readonly state: 'dropped' };

/** What an erasure does to one stream: every key below `below` goes. */
export type Shred = {
  readonly order: string;
  readonly stream: string;
  readonly below: number;
  /** The version of the last event of the reseal. */
  readonly resealedVersion: number;
  /** The events under those keys that stay readable, each with its own key. */
  readonly kept: readonly { readonly version: number; readonly key: Buffer }[];
  /** The targets, each with the version that now holds its remaining fields. */
  readonly resealed: readonly { readonly version: number; readonly at: number }[];
  readonly dropped: readonly number[];
};

/**
 * The keys of sealed streams, apart from the ledger, so that destroying a key here makes data there
 * unreadable for good. A key the vault does not know is `ERR_VAULT_BEHIND`: a vault that was restored
 * from a backup, never an erased learner. With a copy, minting and shredding count when both have it.
 */
export type Vault = {
  readonly origin: string;
  /** Index key generations, newest first. */
  readonly indexGenerations: () => readonly number[];
  /** HMAC-SHA256 of a text under one generation of the index key. */
  readonly indexHmac: (generation: number, ...parts: readonly (string | Uint8Array)[]) => Buffer;
  /** Makes sure that the keys exist and are durable. Get-or-create; one commit for all. */
  readonly mint: (
    keys: readonly { readonly stream: string; readonly key: number }[],
  ) => Promise<void>;
  readonly eventKey: (event: SealedEvent) => Promise<EventKey>;
  readonly shred: (shred: Shred) => Promise<void>;
  readonly isShredded: (order: string) => boolean;
  /** Empties the write-ahead logs; false when a reader kept one from it. */
  readonly forget: () => boolean;
  /** Up to which version each erasure stream is known to be completed. */
  readonly checkpoint: (stream: string) => number;
  readonly moveCheckpoint: (stream: string, version: number) => Promise<void>;
  readonly state: () => VaultState;
  /** New master and vault key, everything wrapped anew, the old master destroyed. */
  readonly rotate: (at: string) => Promise<void>;
  /** To be called when the end of the previous master is recorded in the ledger. */
  readonly rotationRecorded: () => Promise<void>;
  readonly close: () => void;
};

/** Where a vault is: its file, a second copy on another volume if there is one, and its masters. */
export type VaultPlace = {
  readonly path: string;
  readonly copyPath: string | null;
  readonly masters: MasterDriver;
};

/**
 * Makes a vault with its first vault key and index key under the master that is there or, for a new
 * ledger, has just been made. Does nothing where one is made. Returns the origin that it is of.
 */
export async function createVault(
  path: string,
  first: { readonly origin: string; readonly at: string; readonly masterId: string },
  masters: MasterDriver,
): Promise<string> {
  createDatabaseFile(path);
  const database = openVaultFile(path);
  try {
    if (isVaultUnmade(database)) {
      const master = await masters.open(first.masterId);
      const vaultKey = randomBytes(KEY_BYTES);
      const wrapped = await master.wrap(vaultKey);
      const state = {
        origin: first.origin,
        rotation: 0,
        master: master.id,
        rotatedAt: first.at,
        vaultKey: wrapped,
      };
      makeVault(database, state, wrapKey(vaultKey, randomBytes(KEY_BYTES)));
    }
    checkVault(database);
    return readVaultState(database).origin;
  } finally {
    database.close();
  }
}

/**
 * Opens a vault and finishes what a crash cut short: a copy that is behind, a rotation half done.
 * Throws `ERR_LEDGER_MISSING` when there is none, `ERR_MASTER_MISMATCH` when its master is not there.
 */
export async function openVault(place: VaultPlace): Promise<Vault> {
  const opened = [openVaultFile(place.path)];
  try {
    for (const database of opened) {
      checkVault(database);
    }
    if (place.copyPath !== null) {
      opened.push(openCopy(place.copyPath, readVaultState(opened[0] as Database.Database)));
    }
    return await createOpenVault(
      opened as [Database.Database, ...Database.Database[]],
      place.masters,
    );
  } catch (error) {
    for (const database of opened) {
      database.close();
    }
    throw error;
  }
}

function openCopy(path: string, state: VaultState): Database.Database {
  if (!existsSync(path)) {
    createDatabaseFile(path);
  }
  const copy = openVaultFile(path);
  makeVault(copy, state, null);
  checkVault(copy);
  return copy;
}

/** How often a change is tried again because another process rotated meanwhile. */
const MAX_ATTEMPTS = 3;

async function createOpenVault(
  databases: readonly [Database.Database, ...Database.Database[]],
  masters: MasterDriver,
): Promise<Vault> {
  await bringTogether(databases, masters);
  const [primary] = databases;
  let state = readVaultState(primary);
  let vaultKey = await unwrapVaultKey(state);
  const indexKeys = new Map<number, Buffer>();
  loadIndexKeys();
  if (state.previousMaster !== null) {
    await destroyReplacedMasters(primary.name, masters);
  }

  const selectKey = primary.prepare(
    'SELECT wrapped FROM stream_keys WHERE stream = ? AND number = ?',
  );
  const selectEventKey = primary.prepare(
    'SELECT wrapped, resealed_at AS resealedAt FROM event_keys WHERE stream = ? AND version = ?',
  );
  const selectErasure = databases.map((database) =>
    database.prepare('SELECT 1 FROM erasures WHERE order_id = ?'),
  );
  const selectCheckpoint = primary
    .prepare('SELECT version FROM checkpoints WHERE stream = ?')
    .pluck();

  async function unwrapVaultKey(of: VaultState): Promise<Buffer> {
    return (await masters.open(of.master)).unwrap(of.vaultKey);
  }

  function loadIndexKeys(): void {
    const rows = primary.prepare('SELECT generation, wrapped FROM index_keys').all();
    for (const { generation, wrapped } of rows as { generation: number; wrapped: Buffer }[]) {
      indexKeys.set(generation, unwrapKey(vaultKey, wrapped));
    }
  }

  /** Notices that another process has rotated, and takes up the new vault key. */
  async function refresh(): Promise<void> {
    const now = readVaultState(primary);
    if (now.rotation !== state.rotation) {
      vaultKey = await unwrapVaultKey(now);
      loadIndexKeys();
    }
    state = now;
  }

  /** Runs a transaction on every copy in turn, each only under the vault key at hand. */
  async function change(step: (database: Database.Database) => boolean): Promise<void> {
    for (const database of databases) {
      for (let attempt = 1; ; attempt += 1) {
        await refresh();
        const run = database.transaction((): boolean => {
          if (readVaultState(database).rotation !== state.rotation) {
            return false;
          }
          if (step(database)) {
            database.prepare('UPDATE vault SET changes = changes + 1').run();
          }
          return true;
        });
        if (await whenFree(() => run.immediate())) {
          break;
        }
        if (attempt === MAX_ATTEMPTS) {
          throw new StreamError(
            'ERR_STORE_BUSY',
            'expected the vault to settle, found it rotating',
          );
        }
        await bringTogether(databases, masters);
      }
    }
  }

  type KeyPlace = { readonly stream: string; readonly key: number };
  let waiting: KeyPlace[] = [];
  let minting: Promise<void> | null = null;

  // Those that wait together share one commit, as appends do.
  function mint(keys: readonly KeyPlace[]): Promise<void> {
    waiting.push(...keys);
    minting ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const batch = waiting;
      waiting = [];
      minting = null;
      const minted = new Map<string, Buffer>();
      return change((database) => mintIn(database, batch, vaultKey, minted));
    });
    return minting;
  }

  async function eventKey(event: SealedEvent): Promise<EventKey> {
    try {
      return eventKeyNow(event);
    } catch (error) {
      if (!(error instanceof StreamError) || error.code !== 'ERR_MASTER_MISMATCH') {
        throw error;
      }
      await refresh();
      return eventKeyNow(event);
    }
  }

  function eventKeyNow({ stream, version, key, id }: SealedEvent): EventKey {
    const streamKey = selectKey.get(stream, key) as { wrapped: Buffer | null } | undefined;
    if (streamKey === undefined) {
      throw behind(stream, key, 'a key', 'none: the vault is older than the ledger');
    }
    if (streamKey.wrapped !== null) {
      const live = eventKeyOf(unwrapKey(vaultKey, streamKey.wrapped), id);
      return { state: 'live', key: live };
    }
    const row = selectEventKey.get(stream, version) as
      | { wrapped: Buffer | null; resealedAt: number | null }
      | undefined;
    if (row === undefined) {
      throw behind(stream, key, `what became of event ${version}`, 'nothing');
    }
    if (row.wrapped !== null) {
      return { state: 'live', key: unwrapKey(vaultKey, row.wrapped) };
    }
    return row.resealedAt === null
      ? { state: 'dropped' }
      : { state: 'resealed', version: row.resealedAt };
  }

  async function shred(request: Shred): Promise<void> {
    await change((database) => shredIn(database, request, vaultKey));
  }

  async function rotate(at: string): Promise<void> {
    await bringTogether(databases, masters);
    await rotateVault(primary.name, masters, at);
    await refresh();
    await bringTogether(databases, masters);
    await destroyReplacedMasters(primary.name, masters);
    databases.forEach(truncateWriteAheadLog);
  }

  return {
    origin: state.origin,
    indexGenerations: () => [...indexKeys.keys()].sort((one, other) => other - one),
    indexHmac: (generation, ...parts) => {
      const key = indexKeys.get(generation);
      if (key === undefined) {
        throw new RangeError(`no index key of generation ${generation}`);
      }
      return parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', key)).digest();
    },
    mint,
    eventKey,
    shred,
    isShredded: (order) => selectErasure.every((select) => select.get(order) !== undefined),
    forget: () => databases.map(truncateWriteAheadLog).every((emptied) => emptied),
    checkpoint: (stream) => (selectCheckpoint.get(stream) as number | undefined) ?? 0,
    moveCheckpoint: async (stream, version) => {
      for (const database of databases) {
        const put = database.prepare(
          `INSERT INTO checkpoints VALUES (?, ?)
           ON CONFLICT DO UPDATE SET version = max(version, excluded.version)`,
        );
        await whenFree(() => put.run(stream, version));
      }
    },
    state: () => readVaultState(primary),
    rotate,
    rotationRecorded: async () => {
      for (const database of databases) {
        await whenFree(() => database.prepare('UPDATE vault SET previous_master = NULL').run());
      }
    },
    close: () => {
      for (const database of databases) {
        database.close();
      }
    },
  };
}
