import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DomainError } from '../../domain/errors.js';
import { openViews } from '../../projections/kept/views.js';
import { StreamError } from '../../streams/errors.js';
import type { EventStore } from '../../streams/eventStore.js';
import { createStore, openStore, shownStore } from '../../streams/openStore.js';
import { createDatabaseFile } from '../../streams/sqlite/file.js';
import { createVault, createVaultCopy, vaultHasKeys } from '../../streams/vault/createVault.js';
import { createFileMasterDriver, masterIdIn } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { createJournal, EMPTY_STREAM } from '../journal/journal.js';
import { createOrders } from '../journal/orders.js';
import { keeperRecording } from '../request/request.js';
import type { LedgerPlaces } from './ledger.js';

/** Origins name a ledger for ever, in every header: a host name and a path, as in a URL without its scheme. */
const ORIGIN = /^[a-z0-9.-]+(\/[A-Za-z0-9._-]+)*$/;

/**
 * Makes a new ledger: master key, vault, store with its first event, views, each durable before the
 * next. Finishes one whose making was cut short. Returns its origin, by default
 * `ledger.invalid/<16 hex>`. Throws `ERR_LEDGER_EXISTS`, with nothing touched, where one is complete.
 */
export async function createLedger(
  places: LedgerPlaces,
  requestedOrigin: string | null,
  clock: Clock,
): Promise<string> {
  if (requestedOrigin !== null && !ORIGIN.test(requestedOrigin)) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'expected an origin such as ledger.example/2026, of letters, digits, dots and hyphens, found another form',
    );
  }
  const isBegun = await hasEvents(places.store);
  refuseComplete(places, isBegun);
  refuseMissing(places, isBegun);
  refuseLostLedger(places, isBegun);

  const masters = createFileMasterDriver(places.master);
  const masterId = masterIdIn(places.master) ?? (await masters.create()).id;
  const first = {
    origin: requestedOrigin ?? `ledger.invalid/${randomBytes(8).toString('hex')}`,
    at: clock(),
    masterId,
  };
  const origin = await createVault(places.vault, first, masters);
  if (requestedOrigin !== null && requestedOrigin !== origin) {
    throw new StreamError(
      'ERR_LEDGER_MISMATCH',
      `expected to finish a ledger of the origin given, found one begun as ${origin}`,
    );
  }
  await createStore(places.store, origin);
  if (places.vaultCopy !== null) {
    createVaultCopy(places.vault, places.vaultCopy);
  }
  const vault = await openVault({ path: places.vault, copyPath: places.vaultCopy, masters });
  const store = await openStore(places.store);
  try {
    await recordCreation(store, vault, clock);
  } finally {
    await store.close();
    vault.close();
  }
  createDatabaseFile(places.views);
  openViews(places.views).close();
  return origin;
}

function refuseComplete(places: LedgerPlaces, isBegun: boolean): void {
  const { master, vault, vaultCopy, views } = places;
  const parts = [master, vault, views, ...(vaultCopy === null ? [] : [vaultCopy])];
  if (isBegun && parts.every((path) => existsSync(path))) {
    throw new StreamError(
      'ERR_LEDGER_EXISTS',
      `expected no ledger at ${shownStore(places.store)}, found a complete one; nothing was touched`,
    );
  }
}

/** A ledger with events and no keys is not half made but robbed of its vault: a new one could open nothing. */
function refuseMissing(places: LedgerPlaces, isBegun: boolean): void {
  const needed = [
    ...(isBegun ? [places.vault] : []),
    ...(isBegun || existsSync(places.vault) ? [places.master] : []),
  ];
  const missing = needed.find((path) => !existsSync(path));
  if (missing !== undefined) {
    throw new StreamError(
      'ERR_LEDGER_MISSING',
      `expected ${missing} beside the rest of the ledger, found none: restore it, a new one could open nothing`,
    );
  }
}

/** Keys without a ledger are not half made either: a new one beside them would begin the same name again. */
function refuseLostLedger(places: LedgerPlaces, isBegun: boolean): void {
  if (!isBegun && existsSync(places.vault) && vaultHasKeys(places.vault)) {
    throw new StreamError(
      'ERR_LEDGER_MISSING',
      `expected a ledger at ${shownStore(places.store)} beside a vault full of keys, found none: restore it`,
    );
  }
}

/** Whether a ledger was begun in the store that a URL names. */
async function hasEvents(url: string): Promise<boolean> {
  let store: EventStore;
  try {
    store = await openStore(url);
  } catch (error) {
    if (error instanceof StreamError && error.code === 'ERR_LEDGER_MISSING') {
      return false;
    }
    throw error;
  }
  const head = await store.head();
  await store.close();
  return head !== null;
}

/** Records that the ledger began, unless it has. */
export async function recordCreation(store: EventStore, vault: Vault, clock: Clock): Promise<void> {
  if ((await store.head()) !== null) {
    return;
  }
  const orders = createOrders(store, vault, clock, clock());
  const journal = createJournal(store, vault, orders, clock);
  const commandId = randomUUID();
  const event = { type: 'LedgerCreated', data: { origin: store.origin } } as const;
  const recording = keeperRecording(commandId, commandId, 'service-operation');
  await journal.append('ledger', EMPTY_STREAM, [event], recording);
}
