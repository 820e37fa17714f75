import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVault, createVaultCopy } from '../../../streams/vault/createVault.js';
import { createFileMasterDriver, type MasterDriver } from '../../../streams/vault/master.js';
import { openVault } from '../../../streams/vault/openVault.js';
import { rotateVault } from '../../../streams/vault/rotation.js';

const AT = '2026-01-01T00:00:00.000Z';
const event = { stream: 'learner-1a', version: 1, key: 0, id: 'one' };

let folder: string;
let key: string;
const path = (name: string) => join(folder, name);
const masters = () => createFileMasterDriver(path('master.key'));

function open(driver: MasterDriver) {
  return openVault({ path: path('vault.db'), copyPath: path('copy.db'), masters: driver });
}

async function keyNow(driver: MasterDriver): Promise<string> {
  const vault = await open(driver);
  const found = await vault.eventKey(event);
  vault.close();
  return found.state === 'live' ? found.key.toString('hex') : found.state;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plr-rotation-'));
  const { id: masterId } = await masters().create();
  await createVault(path('vault.db'), { origin: 'test.invalid', at: AT, masterId }, masters());
  createVaultCopy(path('vault.db'), path('copy.db'));
  const vault = await open(masters());
  await vault.mint([event]);
  vault.close();
  key = await keyNow(masters());
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Tidies up before a rotation, and fails at its end. */
function failingToDestroy(driver: MasterDriver): Partial<MasterDriver> {
  let calls = 0;
  return {
    destroyAllBut: (id) => {
      calls += 1;
      return calls === 1 ? driver.destroyAllBut(id) : Promise.reject(new Error('crash'));
    },
  };
}

// Each driver fails where a crash could come: the rotation ends there, and the next opening finds
// whatever it left.
const crashes: readonly (readonly [string, (driver: MasterDriver) => Partial<MasterDriver>])[] = [
  ['before the new master is made', () => ({ create: () => Promise.reject(new Error('crash')) })],
  [
    'after the new master is made, before anything is wrapped under it',
    (driver) => ({
      create: async () => {
        const master = await driver.create();
        return { ...master, wrap: () => Promise.reject(new Error('crash')) };
      },
    }),
  ],
  [
    'after the vault is wrapped anew, before its copy is',
    (driver) => {
      let opened = 0;
      return {
        open: (id) => {
          opened += 1;
          // Opening and wrapping need the old master twice; the third asks for the new one.
          return opened > 2 ? Promise.reject(new Error('crash')) : driver.open(id);
        },
      };
    },
  ],
  ['after everything is wrapped anew, before the old master is destroyed', failingToDestroy],
];

test.each(crashes)(
  'a rotation cut %s leaves every key, and can be done again',
  async (_, failing) => {
    const driver = masters();
    const vault = await open({ ...driver, ...failing(driver) });
    await expect(vault.rotate(AT)).rejects.toThrow('crash');
    vault.close();
    expect(await keyNow(masters())).toBe(key);
    const again = await open(masters());
    await again.rotate(AT);
    again.close();
    expect(await keyNow(masters())).toBe(key);
    expect(existsSync(path('master.key.next'))).toBe(false);
  },
);

test('a second rotation, cut after the first has only just ended, does not take its master', async () => {
  const driver = masters();
  const first = await open({ ...driver, ...failingToDestroy(driver) });
  await expect(first.rotate(AT)).rejects.toThrow('crash');
  first.close();
  const second = await open(driver);
  const failing = {
    ...driver,
    create: async () => {
      await driver.create();
      throw new Error('crash');
    },
  };
  await expect(rotateVault(path('vault.db'), failing, { at: AT, epoch: 0 })).rejects.toThrow(
    'crash',
  );
  second.close();
  expect(await keyNow(masters())).toBe(key);
});

test('an old master that was overwritten and not yet removed does not stop anybody', async () => {
  const driver = masters();
  const vault = await open({ ...driver, ...failingToDestroy(driver) });
  await expect(vault.rotate(AT)).rejects.toThrow('crash');
  vault.close();
  writeFileSync(path('master.key'), Buffer.alloc(44), { mode: 0o600 });
  expect(await keyNow(masters())).toBe(key);
});

test('a rotation whose end was not recorded says so until it is', async () => {
  const vault = await open(masters());
  const { master } = vault.state();
  await vault.rotate(AT);
  vault.close();
  const again = await open(masters());
  expect(again.state().previousMaster).toBe(master);
  await again.rotationRecorded(master);
  expect(again.state().previousMaster).toBeNull();
  again.close();
});
