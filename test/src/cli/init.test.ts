import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createDatabaseFile } from '../../../streams/sqlite/file.js';
import { createSqliteStore } from '../../../streams/sqlite/store.js';
import { createVault } from '../../../streams/vault/createVault.js';
import { createFileMasterDriver } from '../../../streams/vault/master.js';
import { fingerprint } from '../../support/fingerprint.js';
import { type CliWorld, createCliWorld } from '../../support/ledger.js';
import { admitOrganisations, createLedgerWorld, expectDone, register } from './world.js';

describe('init', () => {
  test('names the ledger and every part of it', async () => {
    const { code, stdout, stderr } = await createCliWorld().plr([
      'init',
      '--origin',
      'a.invalid/1',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Made ledger a\.invalid\/1\n {2}store .*\n {2}vault .*\n {2}views /);
  });

  test('makes files that their owner alone can read', async () => {
    const world = await createLedgerWorld();
    const modes = ['data/ledger.db', 'data/vault.db', 'data/views.db', 'keys/master.key'].map(
      (name) => statSync(world.path(name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
  });

  test('a second time is a conflict, exit code 4', async () => {
    const world = await createLedgerWorld();
    const { code, stdout, stderr } = await world.plr(['init']);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('ERR_LEDGER_EXISTS');
  });

  test('a second time touches nothing', async () => {
    const world = await createLedgerWorld();
    const before = fingerprint(world.folder);
    await world.plr(['init', '--origin', 'other.invalid/2']);
    expect(fingerprint(world.folder)).toEqual(before);
  });

  test('refuses an origin of another form as wrong usage', async () => {
    const { code } = await createCliWorld().plr(['init', '--origin', 'https://x.invalid/']);
    expect(code).toBe(2);
  });

  test('leaves nothing behind when it refuses an origin', async () => {
    const world = createCliWorld();
    await world.plr(['init', '--origin', 'https://x.invalid/']);
    expect(readdirSync(world.folder)).toEqual([]);
  });
});

/** Makings cut short, each after one step more. */
const halfMade: readonly (readonly [string, (world: CliWorld) => unknown])[] = [
  ['an empty data folder', async (world) => mkdirSync(world.path('data'))],
  ['the master alone', makeMaster],
  [
    'an empty vault file',
    async (world) => {
      await makeMaster(world);
      createDatabaseFile(world.path('data/vault.db'));
    },
  ],
  ['the vault', makeVault],
  [
    'an empty store file',
    async (world) => {
      await makeVault(world);
      createDatabaseFile(world.path('data/ledger.db'));
    },
  ],
  ['a store without events', makeStore],
  [
    'everything but the views',
    async (world) => {
      expectDone(await world.plr(['init', '--origin', 'half.invalid/1']));
      rmSync(world.path('data/views.db'));
    },
  ],
];

describe.each(halfMade)('a making cut short with %s', (_, make) => {
  test('is finished by init', async () => {
    const world = createCliWorld();
    await make(world);
    expect((await world.plr(['init'])).code).toBe(0);
  });

  test('takes registrations once it is finished', async () => {
    const world = createCliWorld();
    await make(world);
    expectDone(await world.plr(['init']));
    await admitOrganisations(world);
    expect(await register(world)).toMatch(/^\d{10}$/);
  });

  test('is refused by every other command with the command that finishes it', async () => {
    const world = createCliWorld();
    await make(world);
    const { code, stderr } = await world.plr(['doctor']);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('plr init') });
  });
});

describe('a begun ledger', () => {
  test('keeps the origin it was begun with', async () => {
    const world = createCliWorld();
    await makeStore(world);
    const { stdout } = expectDone(await world.plr(['init']));
    expect(stdout).toContain('Finished ledger half.invalid/1');
  });

  test('is not finished under another origin', async () => {
    const world = createCliWorld();
    await makeStore(world);
    expect((await world.plr(['init', '--origin', 'other.invalid/2'])).code).toBe(6);
  });

  test.each(['data/vault.db', 'keys/master.key'])(
    'with events is not given a new %s in place of a lost one',
    async (name) => {
      const world = await createLedgerWorld();
      renameSync(world.path(name), world.path('lost'));
      const { code, stderr } = await world.plr(['init']);
      expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('restore it') });
    },
  );
});

describe('a ledger that is not there', () => {
  test.each([
    [['show', '-']],
    [['register', '--input', '-']],
    [['verify', '--all']],
    [['doctor']],
    [['tail']],
    [['vault', 'rotate']],
    [['redact', 'status']],
  ])('%j is not found and names plr init', async (argv) => {
    const world = createCliWorld();
    const stdin = argv[0] === 'show' ? '1000000000' : '{}';
    const { code, stdout, stderr } = await world.plr(argv, { stdin });
    expect({ code, stdout, stderr }).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('"plr init"'),
    });
  });

  test('is not made by looking for it', async () => {
    const world = createCliWorld();
    await world.plr(['doctor']);
    expect(readdirSync(world.folder)).toEqual([]);
  });

  test('without its master alone says that the master is missing', async () => {
    const world = await createLedgerWorld();
    rmSync(world.path('keys/master.key'));
    const { code, stderr } = await world.plr(['doctor']);
    expect({ isRefused: [3, 6].includes(code), stderr }).toEqual({
      isRefused: true,
      stderr: expect.stringContaining('master'),
    });
  });

  test('with the vault of another ledger is an integrity failure', async () => {
    const [world, other] = [await createLedgerWorld(), createCliWorld()];
    expectDone(await other.plr(['init', '--origin', 'other.invalid/2']));
    for (const name of ['data/vault.db', 'keys/master.key']) {
      copyFileSync(other.path(name), world.path(name));
    }
    expect((await world.plr(['doctor'])).code).toBe(6);
  });

  test.each(['data/ledger.db', 'data/vault.db', 'data/views.db'])(
    'because %s is no database is refused in one line, not with a crash',
    async (name) => {
      const world = await createLedgerWorld();
      rmSync(world.path(`${name}-wal`), { force: true });
      rmSync(world.path(`${name}-shm`), { force: true });
      writeFileSync(world.path(name), 'no database at all '.repeat(1000));
      const { code, stderr } = await world.plr(['doctor']);
      expect(code).toBeGreaterThan(0);
      expect(stderr).toMatch(/^plr: ERR_\w+ .*\n$/);
    },
  );
});

async function makeMaster(world: CliWorld): Promise<string> {
  mkdirSync(world.path('keys'), { mode: 0o700 });
  const { id } = await createFileMasterDriver(world.path('keys/master.key')).create();
  return id;
}

async function makeVault(world: CliWorld): Promise<void> {
  const masterId = await makeMaster(world);
  const first = { origin: 'half.invalid/1', at: world.time.now(), masterId };
  const masters = createFileMasterDriver(world.path('keys/master.key'));
  await createVault(world.path('data/vault.db'), first, masters);
}

async function makeStore(world: CliWorld): Promise<void> {
  await makeVault(world);
  createDatabaseFile(world.path('data/ledger.db'));
  createSqliteStore(world.path('data/ledger.db'), 'half.invalid/1');
}
