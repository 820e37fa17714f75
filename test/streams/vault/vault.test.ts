import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createVault, createVaultCopy } from '../../../streams/vault/createVault.js';
import { createFileMasterDriver } from '../../../streams/vault/master.js';
import { openVault } from '../../../streams/vault/openVault.js';
import type { SealedEvent, Vault } from '../../../streams/vault/vault.js';

const AT = '2026-01-01T00:00:00.000Z';
const first: SealedEvent = { stream: 'learner-1a', version: 1, key: 0, id: 'one' };
const second: SealedEvent = { stream: 'learner-1a', version: 2, key: 0, id: 'two' };

let folder: string;
let opened: Vault[];
const path = (name: string) => join(folder, name);
const masters = () => createFileMasterDriver(path('master.key'));

async function open(copy: string | null = null): Promise<Vault> {
  const copyPath = copy === null ? null : path(copy);
  if (copyPath !== null) {
    createVaultCopy(path('vault.db'), copyPath);
  }
  const vault = await openVault({ path: path('vault.db'), copyPath, masters: masters() });
  opened.push(vault);
  return vault;
}

async function keyOf(vault: Vault, event: SealedEvent): Promise<string> {
  const key = await vault.eventKey(event);
  return key.state === 'live' ? key.key.toString('hex') : key.state;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plr-vault-'));
  opened = [];
  const { id: masterId } = await masters().create();
  await createVault(path('vault.db'), { origin: 'test.invalid', at: AT, masterId }, masters());
});

afterEach(() => {
  for (const vault of opened) {
    vault.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

test('of the format before is brought to this one when it is opened', async () => {
  const earlier = new Database(path('vault.db'));
  earlier.exec('ALTER TABLE vault DROP COLUMN epoch; ALTER TABLE vault DROP COLUMN beats');
  earlier.pragma('user_version = 1');
  earlier.close();
  const vault = await open();
  expect(vault.state()).toMatchObject({ epoch: 0, beats: 0 });
  await vault.mint([first]);
  expect(await keyOf(vault, first)).toMatch(/^[0-9a-f]{64}$/);
});

describe('taking over', () => {
  test('fences whoever opened the vault before, and its copy knows of it', async () => {
    const [old, next] = [await open('copy.db'), await open('copy.db')];
    await next.takeOver();
    for (const change of [
      () => old.mint([first]),
      () => old.rotate(AT),
      () => old.moveCheckpoint('erasure-2026', { version: 1, hash: Buffer.alloc(32) }),
      () => old.rotationRecorded('none'),
      () => old.shred({ order: 'o', stream: 'learner-1a', below: 1 }),
      async () => old.requireActive(),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'ERR_SUPERSEDED' });
    }
    await next.mint([first]);
    const copy = await openVault({ path: path('copy.db'), copyPath: null, masters: masters() });
    expect(copy.state().epoch).toBe(1);
    copy.close();
  });

  test('is known again from either copy, whichever of them was behind', async () => {
    (await open('copy.db')).close();
    const alone = await openVault({ path: path('vault.db'), copyPath: null, masters: masters() });
    await alone.takeOver();
    alone.close();
    const both = await open('copy.db');
    expect(both.state().epoch).toBe(1);
    await both.mint([first]);
    rmSync(path('vault.db'));
    const copy = await openVault({ path: path('copy.db'), copyPath: null, masters: masters() });
    expect(copy.state().epoch).toBe(1);
    expect(await keyOf(copy, first)).toMatch(/^[0-9a-f]{64}$/);
    copy.close();
  });
});

describe('minting', () => {
  test('gives a key that is the same for every process and every time', async () => {
    const [one, other] = [await open(), await open()];
    await Promise.all([one, other].map((vault) => vault.mint([first])));
    const key = await keyOf(one, first);
    expect(await keyOf(other, first)).toBe(key);
    await other.mint([first]);
    expect(await keyOf(await open(), first)).toBe(key);
  });

  test('gives every event another key', async () => {
    const vault = await open();
    await vault.mint([first]);
    expect(await keyOf(vault, first)).not.toBe(await keyOf(vault, second));
  });

  test('commits once for all that wait together', async () => {
    const vault = await open();
    const before = vault.state().changes;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => vault.mint([{ stream: `s-${index}`, key: 0 }])),
    );
    expect(vault.state().changes).toBe(before + 1);
  });

  test('never mints over what was shredded', async () => {
    const vault = await open();
    await vault.mint([first]);
    await vault.shred(shredOf());
    await expect(vault.mint([first])).rejects.toMatchObject({ code: 'ERR_VAULT_BEHIND' });
  });
});

describe('an event’s key', () => {
  test('that the vault does not know is a vault that is behind, not an erased learner', async () => {
    const vault = await open();
    await expect(vault.eventKey(first)).rejects.toMatchObject({ code: 'ERR_VAULT_BEHIND' });
  });

  test('is kept, resealed or dropped after a shred, as that said', async () => {
    const vault = await open();
    await vault.mint([first]);
    const kept = await vault.eventKey(second);
    const key = kept.state === 'live' ? kept.key : Buffer.alloc(0);
    await vault.shred({ ...shredOf(), kept: [{ version: 2, key }], dropped: [3] });
    expect(await vault.eventKey(first)).toEqual({ state: 'resealed', version: 5 });
    expect(await vault.eventKey(second)).toEqual(kept);
    expect(await vault.eventKey({ ...first, version: 3 })).toEqual({ state: 'dropped' });
    expect(vault.isShredded('order')).toBe(true);
  });

  test('is gone from the file itself after a shred', async () => {
    const vault = await open();
    await vault.mint([first]);
    const raw = new Database(path('vault.db'));
    const wrapped = raw.prepare('SELECT wrapped FROM stream_keys').pluck().get() as Buffer;
    raw.close();
    expect(vault.forget()).toBe(true);
    expect(readFileSync(path('vault.db')).includes(wrapped)).toBe(true);
    await vault.shred(shredOf());
    expect(vault.forget()).toBe(true);
    const files = ['vault.db', 'vault.db-wal'].filter((name) => existsSync(path(name)));
    expect(files.some((name) => readFileSync(path(name)).includes(wrapped))).toBe(false);
  });

  test('cannot be forgotten while a reader holds the write-ahead log, and is when it ends', async () => {
    const vault = await open();
    await vault.mint([first]);
    const reader = new Database(path('vault.db'));
    reader.exec('BEGIN; SELECT * FROM vault');
    const held = reader.prepare('SELECT * FROM vault').get();
    expect(held).toBeDefined();
    await vault.shred(shredOf());
    expect(vault.forget()).toBe(false);
    reader.exec('COMMIT');
    expect(vault.forget()).toBe(true);
    reader.close();
  });
});

describe('the disposal of a stream', () => {
  const whole = { order: 'disposal', stream: 'learner-1a', below: 1 };
  const fresh: SealedEvent = { stream: 'learner-1a', version: 3, key: 1, id: 'three' };
  const other: SealedEvent = { stream: 'learner-1b', version: 1, key: 0, id: 'other' };

  test('leaves no key below its own, and those of its own and of other streams', async () => {
    const vault = await open();
    await vault.mint([first, fresh, other]);
    const keys = [await keyOf(vault, fresh), await keyOf(vault, other)];
    await vault.shred(whole);
    expect(await vault.eventKey(first)).toEqual({ state: 'disposed' });
    expect(await vault.eventKey(second)).toEqual({ state: 'disposed' });
    expect([await keyOf(vault, fresh), await keyOf(vault, other)]).toEqual(keys);
    expect(vault.isShredded('disposal')).toBe(true);
  });

  test('is told from a key that the vault does not know', async () => {
    const vault = await open();
    await vault.mint([first]);
    await vault.shred(whole);
    await expect(vault.eventKey({ ...first, key: 7 })).rejects.toMatchObject({
      code: 'ERR_VAULT_BEHIND',
    });
    await expect(vault.mint([first])).rejects.toMatchObject({ code: 'ERR_VAULT_BEHIND' });
  });

  test('takes the kept keys of a redaction with it, from the file itself', async () => {
    const vault = await open();
    await vault.mint([first, fresh]);
    const kept = await vault.eventKey(second);
    const key = kept.state === 'live' ? kept.key : Buffer.alloc(0);
    await vault.shred({ ...shredOf(), kept: [{ version: 2, key }] });
    const raw = new Database(path('vault.db'));
    const wrapped = raw.prepare('SELECT wrapped FROM event_keys WHERE version = 2').pluck().get();
    expect(vault.forget()).toBe(true);
    expect(readFileSync(path('vault.db')).includes(wrapped as Buffer)).toBe(true);
    await vault.shred(whole);
    expect(raw.prepare('SELECT count(*) FROM event_keys').pluck().get()).toBe(0);
    raw.close();
    expect(vault.forget()).toBe(true);
    expect(readFileSync(path('vault.db')).includes(wrapped as Buffer)).toBe(false);
    expect(await vault.eventKey(first)).toEqual({ state: 'disposed' });
    expect(await vault.eventKey(second)).toEqual({ state: 'disposed' });
  });

  test('is not undone by a redaction that comes after it', async () => {
    const vault = await open();
    await vault.mint([first, fresh]);
    await vault.shred(whole);
    await vault.shred({ ...whole, order: 'late' });
    expect(vault.isShredded('late')).toBe(true);
    expect(await vault.eventKey(first)).toEqual({ state: 'disposed' });
  });

  test.each([
    ['live', false],
    ['redacted', true],
  ])(
    'is taken over by a copy in which the keys are %s, and never given back',
    async (_, redacts) => {
      const vault = await open('copy.db');
      await vault.mint([first, fresh]);
      if (redacts) {
        await vault.shred({ ...shredOf(), kept: [{ version: 2, key: Buffer.alloc(32, 7) }] });
      }
      vault.forget();
      copyFileSync(path('copy.db'), path('old-copy.db'));
      await vault.shred(whole);
      const again = await open('old-copy.db');
      expect(await again.eventKey(first)).toEqual({ state: 'disposed' });
      expect(await again.eventKey(second)).toEqual({ state: 'disposed' });
      const copy = new Database(path('old-copy.db'));
      expect(copy.prepare('SELECT count(*) FROM event_keys').pluck().get()).toBe(0);
      expect(
        copy.prepare('SELECT wrapped FROM stream_keys WHERE number = 0').pluck().get(),
      ).toBeNull();
      copy.close();
    },
  );

  test('in the copy alone is taken over by the vault', async () => {
    const alone = await open();
    await alone.mint([first, fresh]);
    await alone.shred({ ...shredOf(), kept: [{ version: 2, key: Buffer.alloc(32, 7) }] });
    alone.forget();
    copyFileSync(path('vault.db'), path('copy.db'));
    const copy = await openVault({ path: path('copy.db'), copyPath: null, masters: masters() });
    await copy.shred(whole);
    copy.forget();
    copy.close();
    const both = await open('copy.db');
    expect(await both.eventKey(second)).toEqual({ state: 'disposed' });
    expect(both.isShredded('disposal')).toBe(true);
  });

  test('is kept by a rotation', async () => {
    const vault = await open();
    await vault.mint([first, fresh]);
    await vault.shred(whole);
    await vault.rotate(AT);
    expect(await (await open()).eventKey(first)).toEqual({ state: 'disposed' });
  });
});

describe('rotation', () => {
  test('keeps every key and destroys the old master', async () => {
    const vault = await open();
    await vault.mint([first]);
    const key = await keyOf(vault, first);
    const index = vault.indexHmac(1, 'text');
    const oldMaster = readFileSync(path('master.key'), 'utf8');
    await vault.rotate(AT);
    const again = await open();
    expect(await keyOf(again, first)).toBe(key);
    expect(again.indexHmac(1, 'text')).toEqual(index);
    expect(readFileSync(path('master.key'), 'utf8')).not.toBe(oldMaster);
    expect(existsSync(path('master.key.next'))).toBe(false);
  });

  test('leaves an older copy of the vault that opens nothing', async () => {
    const vault = await open();
    await vault.mint([first]);
    vault.forget();
    copyFileSync(path('vault.db'), path('yesterday.db'));
    await vault.rotate(AT);
    vault.close();
    opened = [];
    copyFileSync(path('yesterday.db'), path('vault.db'));
    rmSync(path('vault.db-wal'), { force: true });
    rmSync(path('vault.db-shm'), { force: true });
    await expect(open()).rejects.toMatchObject({ code: 'ERR_MASTER_MISMATCH' });
  });

  test('is noticed by a process that was running', async () => {
    const [rotating, running] = [await open(), await open()];
    await running.mint([first]);
    const key = await keyOf(running, first);
    await rotating.rotate(AT);
    expect(await keyOf(running, first)).toBe(key);
    await running.mint([{ stream: 'learner-1b', key: 0 }]);
    const other = { ...first, stream: 'learner-1b' };
    expect(await keyOf(rotating, other)).toBe(await keyOf(running, other));
  });

  test('can be asked for by two processes at once', async () => {
    const [one, other] = [await open(), await open()];
    await one.mint([first]);
    const key = await keyOf(one, first);
    await Promise.all([one.rotate(AT), other.rotate(AT)]);
    expect(await keyOf(await open(), first)).toBe(key);
  });
});

describe('a second copy', () => {
  test('has every key, and stands in for the vault when that is lost', async () => {
    const vault = await open('copy.db');
    await vault.mint([first]);
    const key = await keyOf(vault, first);
    const index = vault.indexHmac(1, 'text');
    vault.close();
    opened = [];
    for (const name of ['vault.db', 'vault.db-wal', 'vault.db-shm']) {
      rmSync(path(name), { force: true });
    }
    copyFileSync(path('copy.db'), path('vault.db'));
    const restored = await open();
    expect(await keyOf(restored, first)).toBe(key);
    expect(restored.indexHmac(1, 'text')).toEqual(index);
  });

  test('that is the vault itself is refused', async () => {
    await expect(open('vault.db')).rejects.toMatchObject({ code: 'ERR_LEDGER_MISMATCH' });
  });

  test('takes over what it missed, shreds included', async () => {
    const alone = await open();
    await alone.mint([first, { stream: 'learner-1b', key: 0 }]);
    const both = await open('copy.db');
    await alone.shred(shredOf());
    expect(both.isShredded('order')).toBe(false);
    const again = await open('copy.db');
    expect(again.isShredded('order')).toBe(true);
    const copy = new Database(path('copy.db'));
    expect(
      copy.prepare("SELECT wrapped FROM stream_keys WHERE stream = 'learner-1a'").pluck().get(),
    ).toBeNull();
    copy.close();
  });

  test('never gives a shredded key back to the vault', async () => {
    const vault = await open('copy.db');
    await vault.mint([first]);
    vault.forget();
    copyFileSync(path('copy.db'), path('old-copy.db'));
    await vault.shred(shredOf());
    const again = await open('old-copy.db');
    expect((await again.eventKey(first)).state).toBe('resealed');
  });

  test('is wrapped anew by a rotation', async () => {
    const vault = await open('copy.db');
    await vault.mint([first]);
    const key = await keyOf(vault, first);
    await vault.rotate(AT);
    expect(await keyOf(await open('copy.db'), first)).toBe(key);
  });
});

describe('the master key file', () => {
  test('is refused when others can read it', async () => {
    chmodSync(path('master.key'), 0o644);
    await expect(open()).rejects.toMatchObject({ code: 'ERR_MASTER_INVALID' });
  });

  test('is refused when it is cut short', async () => {
    writeFileSync(path('master.key'), 'short', { mode: 0o600 });
    await expect(open()).rejects.toMatchObject({ code: 'ERR_MASTER_INVALID' });
  });

  test('that is missing is said to be missing', async () => {
    rmSync(path('master.key'));
    await expect(open()).rejects.toMatchObject({ code: 'ERR_LEDGER_MISSING' });
  });
});

function shredOf() {
  return {
    order: 'order',
    stream: 'learner-1a',
    below: 1,
    resealedVersion: 5,
    kept: [],
    resealed: [{ version: 1, at: 5 }],
    dropped: [],
  };
}
