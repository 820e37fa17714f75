import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StreamError } from '../errors.js';
import { makeFolder } from '../output.js';
import { syncFolder } from '../sqlite/file.js';
import { KEY_BYTES, unwrapKey, wrapKey } from './keyWrap.js';

/** A master key: it only ever wraps and unwraps the vault key, so that a hardware module or a cloud service fits. */
type Master = {
  /** Names the key without giving it away. */
  readonly id: string;
  readonly wrap: (key: Uint8Array) => Promise<Buffer>;
  readonly unwrap: (wrapped: Uint8Array) => Promise<Buffer>;
};

/** Where master keys live. */
export type MasterDriver = {
  /** The master of this id. Throws `ERR_MASTER_MISMATCH` when only others are there, `ERR_LEDGER_MISSING` when none. */
  readonly open: (id: string) => Promise<Master>;
  /** Makes a new master beside the current one, durably. It takes over when the others are destroyed. */
  readonly create: () => Promise<Master>;
  /** Destroys every master but one, which becomes the current one. Repeating it is harmless. */
  readonly destroyAllBut: (id: string) => Promise<void>;
};

/**
 * Master keys in a file of mode 0600: 32 bytes in base64url on one line. The file is kept outside the
 * data folder and never backed up, because whoever has it and an old vault can read what was erased.
 * While a rotation runs, the new key stands in a second file with `.next` behind its name.
 */
export function createFileMasterDriver(path: string): MasterDriver {
  const nextPath = `${path}.next`;
  const oldPath = `${path}.old`;

  return {
    open: async (id) => {
      // The next one first: a rotation that ends meanwhile moves it to the other name, never back.
      const files = [nextPath, path].flatMap((file) => readIfThere(file) ?? []);
      const found = files.find((file) => 'master' in file && file.master.id === id);
      if (found !== undefined && 'master' in found) {
        return found.master;
      }
      const invalid = files.find((file) => 'invalid' in file);
      if (invalid !== undefined && 'invalid' in invalid) {
        throw invalid.invalid;
      }
      const ids = files.flatMap((file) => ('master' in file ? [file.master.id] : []));
      throw ids.length === 0 ? missing(path) : mismatch(id, ids);
    },
    create: async () => {
      const file = existsSync(path) ? nextPath : path;
      writeDurably(file, `${randomBytes(KEY_BYTES).toString('base64url')}\n`);
      return readMaster(file);
    },
    destroyAllBut: async (id) => {
      const next = readIfThere(nextPath);
      if (next !== null && 'master' in next && next.master.id === id) {
        // The new key takes its place before the old one is touched: one whole key is always there.
        if (existsSync(path)) {
          renameSync(path, oldPath);
        }
        renameSync(nextPath, path);
        syncFolder(dirname(path));
      }
      for (const file of [nextPath, oldPath].filter((name) => existsSync(name))) {
        overwrite(file);
        rmSync(file);
      }
      syncFolder(dirname(path));
    },
  };
}

/** The id of the master in a file when there is one and it is whole, else `null`. */
export function masterIdIn(path: string): string | null {
  return existsSync(path) ? readMaster(path).id : null;
}

function readMaster(path: string): Master {
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  if (key.length !== KEY_BYTES) {
    throw new StreamError(
      'ERR_MASTER_INVALID',
      `expected a master key of ${KEY_BYTES} bytes in base64url at ${path}, found ${key.length} bytes`,
    );
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new StreamError(
      'ERR_MASTER_INVALID',
      `expected the master key at ${path} to be readable by its owner alone (mode 0600), found mode 0${mode.toString(8)}`,
    );
  }
  const label = createHash('sha256').update('learning-record-ledger/master/v1\n');
  return {
    id: label.update(key).digest('hex').slice(0, 16),
    wrap: async (plain) => wrapKey(key, plain),
    unwrap: async (wrapped) => unwrapKey(key, wrapped),
  };
}

type KeyFile = { readonly master: Master } | { readonly invalid: StreamError };

/** The master in a file, why it is none, or `null` where there is no file. */
function readIfThere(path: string): KeyFile | null {
  try {
    return { master: readMaster(path) };
  } catch (error) {
    if (error instanceof StreamError) {
      return { invalid: error };
    }
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}

function missing(path: string): StreamError {
  return new StreamError(
    'ERR_LEDGER_MISSING',
    `expected a master key at ${path}, found none; "plr init" creates one with a new ledger`,
  );
}

function mismatch(id: string, found: readonly string[]): StreamError {
  return new StreamError(
    'ERR_MASTER_MISMATCH',
    `expected master key ${id}, found ${found.join(' and ')}: the vault was wrapped under another key, which may have been destroyed`,
  );
}

function writeDurably(path: string, text: string): void {
  makeFolder(dirname(path));
  // Written under another name first: a key file is either whole or not there.
  const temporary = `${path}.part`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(statSync(path).size), 0);
  fsyncSync(file);
  closeSync(file);
}
