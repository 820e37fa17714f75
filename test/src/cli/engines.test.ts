import { describe, expect, test } from 'vitest';
import { startDouble } from '../../streams/eventstoredb/double/cluster.js';
import { createCliWorld } from '../../support/ledger.js';
import { freePort, isNatsMissing, startNatsServer } from '../../support/natsServer.js';
import { expectDone } from './world.js';

/** A world whose ledger and access ledger are on a server. */
function worldOn(store: string, access: string) {
  const world = createCliWorld();
  const environment = { PLR_STORE: store, PLR_ACCESS: access };
  const plr: typeof world.plr = (argv, input = {}) =>
    world.plr(argv, { ...input, environment: { ...environment, ...input.environment } });
  return { ...world, plr };
}

describe.skipIf(isNatsMissing)('a ledger on NATS JetStream', () => {
  test('is made, recorded in and verified; doctor fails it as a system of record', async () => {
    const { url } = await startNatsServer();
    const world = worldOn(`${url}/plr`, `${url}/plr-access-{year}`);
    expectDone(await world.plr(['init', '--origin', 'test.invalid/nats']));
    const again = await world.plr(['init']);
    expect([again.code, again.stderr]).toEqual([4, expect.stringContaining('ERR_LEDGER_EXISTS')]);
    expectDone(await world.plr(['verify', '--all']));
    const doctor = await world.plr(['doctor', '--json']);
    const diagnoses = JSON.parse(doctor.stdout) as {
      level: string;
      check: string;
      found: string;
    }[];
    const failures = diagnoses.filter(({ level }) => level === 'failure');
    // Later servers keep no more unless the URL states that they are set to.
    expect(failures.map(({ found }) => found)).toEqual([expect.stringContaining('page-cache')]);
    expect(doctor.code).toBe(1);
  });

  test('that is not there is told without who connects', async () => {
    const url = `nats://someone:secret@127.0.0.1:${await freePort()}`;
    const world = worldOn(`${url}/plr`, `${url}/plr-access-{year}`);
    const { code, stdout, stderr } = await world.plr(['init']);
    expect([code, stderr.split(' ')[1]]).toEqual([1, 'ERR_STORE_UNREACHABLE']);
    expect(stdout + stderr).not.toMatch(/someone|secret/);
  });
});

test('a ledger on EventStoreDB is made, recorded in, verified and found well', async () => {
  const double = await startDouble();
  try {
    const world = worldOn(double.url('plr'), double.url('plr-access-{year}'));
    const made = expectDone(await world.plr(['init', '--origin', 'test.invalid/esdb']));
    expect(made.stdout).toContain('store   esdb://127.0.0.1');
    expectDone(await world.plr(['verify', '--all']));
    expectDone(await world.plr(['doctor']));
  } finally {
    double.stop();
  }
});

test.each([
  ['a scheme of no engine', 'postgres://someone:secret@host/plr'],
  ['an option of no engine', 'nats://someone:secret@host/plr?sync=true'],
  ['a name that no server takes', 'nats://someone:secret@host/PLR'],
])('refuses %s without repeating it', async (_, store) => {
  const { code, stderr } = await worldOn(store, 'sqlite:./x-{year}.db').plr(['init']);
  expect([code, stderr.split(' ')[1]]).toEqual([2, 'ERR_STORE_URL']);
  expect(stderr).not.toMatch(/someone|secret/);
});
