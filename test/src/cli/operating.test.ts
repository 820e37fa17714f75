import { chmodSync, copyFileSync, readdirSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { ulnCheckDigit } from '../../../domain/values/uln.js';
import type { CliWorld } from '../../support/ledger.js';
import { createLedgerWorld, expectDone, PERSONAL, register } from './world.js';

const DAY_MS = 86_400_000;

describe('doctor', () => {
  test('of a new ledger finds no failure', async () => {
    const { code, stderr } = await (await createLedgerWorld()).plr(['doctor']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('prints its findings as JSON', async () => {
    const { stdout } = await (await createLedgerWorld()).plr(['doctor', '--json']);
    const findings = JSON.parse(stdout) as { level: string }[];
    expect(findings.map(({ level }) => level)).not.toContain('failure');
  });

  test('prints no personal data', async () => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    const { stdout } = await world.plr(['doctor']);
    expect(stdout).not.toMatch(/Amber|Sampleton|2003-04-17/);
    expect(stdout).not.toContain(uln);
  });

  test('warns of a file that others can read', async () => {
    const world = await createLedgerWorld();
    chmodSync(world.path('data/vault.db'), 0o644);
    const { code, stdout } = await world.plr(['doctor']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /warning .*vault\.db is readable by its owner alone: mode 0644/,
      ),
    });
  });

  test('warns when the vault has not been rotated for 35 days', async () => {
    const world = await createLedgerWorld();
    world.time.advance(36 * DAY_MS);
    expect((await world.plr(['doctor'])).stdout).toMatch(/warning +vault rotated within 35 days/);
  });

  test('fails when the clock is behind the ledger', async () => {
    const world = await createLedgerWorld();
    world.time.advance(-DAY_MS);
    expect((await world.plr(['doctor'])).code).toBe(1);
  });

  test('fails when the clock is behind what was recorded last', async () => {
    const world = await createLedgerWorld();
    world.time.advance(30 * DAY_MS);
    await register(world);
    world.time.advance(-20 * DAY_MS);
    expect((await world.plr(['doctor'])).code).toBe(1);
  });

  test('fails when a trigger that keeps the log append-only is gone', async () => {
    const world = await createLedgerWorld();
    const database = new Database(world.path('data/ledger.db'));
    database.exec('DROP TRIGGER events_no_update');
    database.close();
    expect((await world.plr(['doctor'])).code).toBe(1);
  });
});

describe('vault rotate', () => {
  test('says which master the vault is wrapped under now', async () => {
    const { code, stdout } = await (await createLedgerWorld()).plr(['vault', 'rotate']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^The vault is wrapped under master \S+; the old master is/),
    });
  });

  test('leaves every record readable', async () => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    expectDone(await world.plr(['vault', 'rotate']));
    expect((await world.plr(['show', uln])).stdout).toContain('Sampleton');
  });

  test('leaves one master behind', async () => {
    const world = await createLedgerWorld();
    expectDone(await world.plr(['vault', 'rotate']));
    expect(readdirSync(world.path('keys'))).toHaveLength(1);
  });

  test('records the end of the old master', async () => {
    const world = await createLedgerWorld();
    expectDone(await world.plr(['vault', 'rotate']));
    expect((await world.plr(['tail'])).stdout).toContain('MasterKeyDestroyed');
  });

  test('makes an older copy of the vault useless, exit code 6', async () => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    const old = world.path('old.db');
    checkpoint(world.path('data/vault.db'));
    copyFileSync(world.path('data/vault.db'), old);
    expectDone(await world.plr(['vault', 'rotate']));
    for (const suffix of ['-wal', '-shm']) {
      rmSync(world.path(`data/vault.db${suffix}`), { force: true });
    }
    copyFileSync(old, world.path('data/vault.db'));
    expect((await world.plr(['show', uln])).code).toBe(6);
  });

  function checkpoint(path: string): void {
    const database = new Database(path);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
  }
});

describe('uln check', () => {
  const valid = `123456789${ulnCheckDigit('123456789')}`;
  let world: CliWorld;

  beforeAll(async () => {
    world = await createLedgerWorld();
  });

  test('of valid numbers is done', async () => {
    const run = await world.plr(['uln', 'check', valid, '1000000000']);
    expect(run).toEqual({
      code: 0,
      stdout: `${valid}  valid\n1000000000  valid\n`,
      stderr: '',
    });
  });

  test.each([
    ['a wrong check digit', `${valid.slice(0, 9)}${(Number(valid[9]) + 1) % 10}`],
    ['a letter', '12345678AB'],
    ['nine digits', '123456789'],
    ['a first digit 0', '0123456789'],
    ['the temporary number', '9999999999'],
  ])('of a number with %s is refused with the reason', async (_, number) => {
    const { code, stdout } = await world.plr(['uln', 'check', valid, number]);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(/not valid: expected/),
    });
  });

  test('reads numbers from standard input, one a line', async () => {
    const stdin = `${valid}\r\n\n1000000000\n`;
    const { code, stdout } = await world.plr(['uln', 'check', '-'], { stdin });
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 2 });
  });

  test('repeats no number on standard error', async () => {
    const { stderr } = await world.plr(['uln', 'check', '1234567890']);
    expect(stderr).not.toMatch(PERSONAL);
  });
});
