import { createHmac } from 'node:crypto';
import type Database from 'better-sqlite3';
import { isCode, StreamError } from '../errors.js';
import { whenFree } from '../sqlite/file.js';
import { bringTogether, refuseSameFile } from './copies.js';
import { activate, raiseEpoch, requireEpoch } from './epoch.js';
import { checkVault, openVaultFile, readVaultState, truncateWriteAheadLog } from './file.js';
import { behind, createEventKeys, mintIn, shredIn } from './keys.js';
import { unwrapKey } from './keyWrap.js';
import type { MasterDriver } from './master.js';
import { destroyReplacedMasters, rotateVault } from './rotation.js';
import type { Checkpoint, EventKey, SealedEvent, Vault, VaultPlace } from './vault.js';

/**
 * Opens a vault and finishes what a crash cut short: a copy that is behind, a rotation half done.
 * Throws `ERR_LEDGER_MISSING` when there is none, `ERR_MASTER_MISMATCH` when its master is not there.
 */
export async function openVault(place: VaultPlace): Promise<Vault> {
  const primary = openVaultFile(place.path);
  const opened: [Database.Database, ...Database.Database[]] = [primary];
  try {
    if (place.copyPath !== null) {
      opened.push(openVaultFile(place.copyPath, COPY_REMEDY));
      refuseSameFile(place.path, place.copyPath);
    }
    opened.forEach(checkVault);
    return await createOpenVault(opened, place.masters);
  } catch (error) {
    for (const database of opened) {
      database.close();
    }
    throw error;
  }
}

/** What to do where the second vault is missing: its volume may only be unmounted. */
const COPY_REMEDY =
  'it is the second vault (PLR_VAULT_COPY): mount its volume; only where it is gone for good, "plr init" makes it anew';

/** How often a change is tried again because another process rotated meanwhile. */
const MAX_ATTEMPTS = 5;

async function createOpenVault(
  databases: readonly [Database.Database, ...Database.Database[]],
  masters: MasterDriver,
): Promise<Vault> {
  await bringTogether(databases, masters);
  const [primary] = databases;
  let state = readVaultState(primary);
  // The side that this process belongs to, until it takes over itself.
  let { epoch } = state;
  let vaultKey: Buffer = Buffer.alloc(0);
  const indexKeys = new Map<number, Buffer>();
  await takeUpKeys();
  if (indexKeys.size === 0) {
    throw new StreamError('ERR_VAULT_BEHIND', 'expected an index key in the vault, found none');
  }
  if (state.previousMaster !== null) {
    await destroyReplacedMasters(primary.name, masters);
  }

  const keyNow = createEventKeys(primary);
  const selectErasure = databases.map((database) =>
    database.prepare('SELECT 1 FROM erasures WHERE order_id = ?'),
  );
  const selectCheckpoint = primary.prepare(
    'SELECT version, hash FROM checkpoints WHERE stream = ?',
  );

  /** Takes up the keys of now; a rotation that ends meanwhile takes them away and gives others. */
  async function takeUpKeys(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      state = readVaultState(primary);
      try {
        vaultKey = await (await masters.open(state.master)).unwrap(state.vaultKey);
        loadIndexKeys();
        return;
      } catch (error) {
        if (readVaultState(primary).rotation === state.rotation || attempt === MAX_ATTEMPTS) {
          throw error;
        }
      }
    }
  }

  function loadIndexKeys(): void {
    const rows = primary.prepare('SELECT generation, wrapped FROM index_keys').all();
    for (const { generation, wrapped } of rows as { generation: number; wrapped: Buffer }[]) {
      indexKeys.set(generation, unwrapKey(vaultKey, wrapped));
    }
  }

  /** Notices that another process has rotated, and takes up the new vault key. */
  async function refresh(): Promise<void> {
    if (readVaultState(primary).rotation !== state.rotation) {
      await takeUpKeys();
    }
  }

  /** Runs a transaction on every copy in turn, each only under the vault key at hand. */
  async function change(step: (database: Database.Database) => boolean): Promise<void> {
    for (const database of databases) {
      for (let attempt = 1; ; attempt += 1) {
        await refresh();
        const run = database.transaction((): boolean => {
          const now = readVaultState(database);
          requireEpoch(now, epoch);
          if (now.rotation !== state.rotation) {
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

  /** Takes one step in a transaction that finds this process of the active side. */
  async function inEpoch(database: Database.Database, step: () => unknown): Promise<void> {
    const run = database.transaction(() => {
      requireEpoch(readVaultState(database), epoch);
      step();
    });
    await whenFree(() => run.immediate());
  }

  type KeyPlace = { readonly stream: string; readonly key: number };
  let waiting: KeyPlace[] = [];
  let minting: Promise<ReadonlySet<string>> | null = null;

  // Those that wait together share one commit, as appends do, each with its own result.
  async function mint(keys: readonly KeyPlace[]): Promise<void> {
    waiting.push(...keys);
    minting ??= new Promise<void>((resolve) => setImmediate(resolve)).then(mintWaiting);
    const refused = await minting;
    for (const { stream, key } of keys) {
      if (refused.has(`${stream} ${key}`)) {
        throw behind(stream, key, 'a live key', 'a shredded one');
      }
    }
  }

  async function mintWaiting(): Promise<ReadonlySet<string>> {
    const batch = waiting;
    waiting = [];
    minting = null;
    const minted = new Map<string, Buffer>();
    const refused = new Set<string>();
    await change((database) => mintIn(database, batch, vaultKey, minted, refused));
    return refused;
  }

  async function eventKey(event: SealedEvent): Promise<EventKey> {
    if (!primary.open) {
      throw new StreamError('ERR_STORE_CLOSED', 'expected an open vault, found it closed');
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return keyNow(event, vaultKey);
      } catch (error) {
        if (!isCode(error, 'ERR_MASTER_MISMATCH') || attempt === MAX_ATTEMPTS) {
          throw error;
        }
        await refresh();
      }
    }
  }

  async function rotate(at: string): Promise<void> {
    await bringTogether(databases, masters);
    await rotateVault(primary.name, masters, { at, epoch });
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
    shred: (request) => change((database) => shredIn(database, request, vaultKey)),
    isShredded: (order) => selectErasure.every((select) => select.get(order) !== undefined),
    forget: () => databases.map(truncateWriteAheadLog).every((emptied) => emptied),
    checkpoint: (stream) => (selectCheckpoint.get(stream) as Checkpoint | undefined) ?? null,
    moveCheckpoint: async (stream, { version, hash }) => {
      for (const database of databases) {
        const put = database.prepare('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)');
        await inEpoch(database, () => put.run(stream, version, hash));
      }
    },
    state: () => readVaultState(primary),
    requireActive: () => requireEpoch(readVaultState(primary), epoch),
    activate: async () => {
      const activated = await activate(databases, epoch);
      ({ epoch } = activated);
      return activated.activation;
    },
    takeOver: async () => {
      epoch = await raiseEpoch(databases, epoch);
    },
    rotate,
    rotationRecorded: async (master) => {
      for (const database of databases) {
        const forget = database.prepare(
          'UPDATE vault SET previous_master = NULL WHERE previous_master = ?',
        );
        await inEpoch(database, () => forget.run(master));
      }
    },
    close: () => {
      for (const database of databases) {
        database.close();
      }
    },
  };
}
