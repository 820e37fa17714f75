import { createDecipheriv, createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { unwrapKey } from '../../streams/vault/keyWrap.js';
import { placesIn } from '../support/synthetic.js';

const WRAPPED_BYTES = 40;

/** Every file of a data folder, whatever it is called. */
function filesOf(folder: string): readonly Buffer[] {
  const data = join(folder, 'data');
  return readdirSync(data).map((name) => readFileSync(join(data, name)));
}

/**
 * True when anybody with the master key and the data folder could still open an event: tries every
 * wrapped key that lies anywhere in the files, in tables, free space or logs, as the key of the event
 * and as the key of its stream. Wrapped keys check themselves, so none is missed and none made up.
 */
export function canStillOpen(folder: string, event: ScannedEvent): boolean {
  return whichStillOpen(folder, [event]).length > 0;
}

/** An event as far as trying to open it needs it. */
export type ScannedEvent = {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly data: Uint8Array;
};

/** Which of some events could still be opened so, by their ids. */
export function whichStillOpen(folder: string, events: readonly ScannedEvent[]): readonly string[] {
  const vaultKey = vaultKeyOf(folder);
  const keys = filesOf(folder).flatMap((file) => wrappedKeysIn(file, vaultKey));
  const isOpen = (event: ScannedEvent) =>
    keys
      .flatMap((key) => [
        key,
        createHmac('sha256', key).update(`event-key/v1\n${event.id}`).digest(),
      ])
      .some((key) => opens(key, event));
  return events.filter(isOpen).map(({ id }) => id);
}

function vaultKeyOf(folder: string): Buffer {
  const { vault, master } = placesIn(folder);
  const database = new Database(vault, { readonly: true });
  const wrapped = database.prepare('SELECT vault_key FROM vault').pluck().get() as Buffer;
  database.close();
  const key = Buffer.from(readFileSync(master, 'utf8').trim(), 'base64url');
  return unwrapKey(key, wrapped);
}

/** What was found in places of files before, by the vault's key: copies of one ledger are alike almost everywhere. */
const tried = new Map<string, Map<string, Buffer | null>>();

function wrappedKeysIn(file: Buffer, vaultKey: Buffer): readonly Buffer[] {
  const known = tried.get(vaultKey.toString('hex')) ?? new Map<string, Buffer | null>();
  tried.set(vaultKey.toString('hex'), known);
  const keys: Buffer[] = [];
  for (let start = 0; start + WRAPPED_BYTES <= file.length; start += 1) {
    const window = file.subarray(start, start + WRAPPED_BYTES);
    // Runs of zeros are most of a database and never a wrapped key.
    if (window.readUInt32BE() !== 0 && window.readUInt32BE(36) !== 0) {
      const bytes = window.toString('latin1');
      const found = known.get(bytes);
      const key = found === undefined ? unwrapped(vaultKey, window) : found;
      known.set(bytes, key);
      keys.push(...(key === null ? [] : [key]));
    }
  }
  return keys;
}

/** The key that is wrapped; `null` for what is no wrapped key. */
function unwrapped(vaultKey: Buffer, wrapped: Buffer): Buffer | null {
  try {
    return unwrapKey(vaultKey, wrapped);
  } catch {
    return null;
  }
}

function opens(key: Buffer, { hash, data }: { hash: Uint8Array; data: Uint8Array }): boolean {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, 12));
    decipher.setAAD(hash).setAuthTag(data.subarray(-16));
    decipher.update(data.subarray(12, -16));
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

/** True when a folder's files hold a text anywhere. */
export function filesHold(folder: string, text: string): boolean {
  return existsSync(folder) && filesOf(folder).some((file) => file.includes(text));
}
