import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSystemClock } from '../../src/clock.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import type { Ledger, LedgerPlaces } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { verifyStreams } from '../../src/upkeep/verify.js';
import { standBy } from '../../streams/vault/epoch.js';
import { openVaultFile, readVaultState } from '../../streams/vault/file.js';
import { requestBy, temporaryFolder } from '../support/ledger.js';
import { isNatsMissing, startNatsServer } from '../support/natsServer.js';
import { openProxy } from '../support/proxy.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';
import { until } from '../support/until.js';
import type { Subject } from './redactionSubject.js';

const ACTIVE = fileURLToPath(new URL('../../dist/test/durability/activeMain.js', import.meta.url));
const PLR = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const CANARY = 'canary-of-the-standby';
const clock = createSystemClock();

/** A ledger with one learner, and the places of its parts. */
async function prepare(store?: string): Promise<{ places: LedgerPlaces; subject: Subject }> {
  const folder = temporaryFolder();
  const places = { ...placesIn(folder), ...(store === undefined ? {} : { store }) };
  await createLedger(places, 'test.invalid/standby', clock);
  const ledger = await openLedger(places, clock);
  const { uln, receipt } = await ledger.register(
    { ...learnerDetails(1), notes: CANARY },
    requestBy('10000001'),
  );
  await ledger.close();
  const [event = ''] = receipt.eventIds;
  return { places, subject: { uln, stream: receipt.stream, event } };
}

/** The active process in a process of its own: what it says, line by line. */
function startActive(places: LedgerPlaces, subject: Subject, held: string, url = places.store) {
  const folder = join(places.vault, '..', '..');
  const child: ChildProcess = spawn(
    process.execPath,
    [ACTIVE, folder, url, JSON.stringify(subject), held],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (line) => said.push(line));
  return {
    child,
    said,
    until: async (line: string) => {
      const isSaid = () => said.some((one) => one.startsWith(line));
      await until(() => isSaid() || child.exitCode !== null);
      expect(said.join('\n')).toContain(line);
    },
    goOn: () => child.stdin?.write('go on\n'),
  };
}

/** Waits until whoever is active has shown so as often; that is once a second. */
async function untilShown({ vault }: LedgerPlaces, times: number): Promise<void> {
  const database = openVaultFile(vault);
  const { beats } = readVaultState(database);
  await until(() => readVaultState(database).beats >= beats + times);
  database.close();
}

/** Waits as a standby and takes over; the ledger of whoever is active now. */
async function takeOver(places: LedgerPlaces): Promise<Ledger> {
  await standBy(places.vault, { afterMs: 1_500 });
  const ledger = await openLedger(places, clock);
  onTestFinished(ledger.close);
  const active = await ledger.activate();
  onTestFinished(active.end);
  return ledger;
}

async function problemsOf({ parts }: Ledger) {
  return (await verifyStreams(parts, null, () => undefined)).problems;
}

describe('a standby', () => {
  test('takes over within seconds of the death of the active process', async () => {
    const { places, subject } = await prepare();
    const active = startActive(places, subject, 'append');
    await active.until('active');
    const standing = standBy(places.vault);
    const isWaiting = Symbol('waiting');
    await untilShown(places, 3);
    expect(await Promise.race([standing, isWaiting])).toBe(isWaiting);
    active.child.kill('SIGKILL');
    await standing;
    const ledger = await openLedger(places, clock);
    onTestFinished(ledger.close);
    const activation = await ledger.activate();
    onTestFinished(activation.end);
    expect(ledger.parts.vault.state().epoch).toBe(2);
  });

  test('waits while somebody is active, and nobody else can become it', async () => {
    const { places, subject } = await prepare();
    const active = startActive(places, subject, 'append');
    await active.until('active');
    const ledger = await openLedger(places, clock);
    onTestFinished(ledger.close);
    await expect(ledger.activate()).rejects.toMatchObject({ code: 'ERR_ALREADY_ACTIVE' });
    const stop = new AbortController();
    const standing = standBy(places.vault, { afterMs: 5_000, signal: stop.signal });
    const outcome = Promise.allSettled([standing]);
    await untilShown(places, 7);
    stop.abort();
    expect(await outcome).toMatchObject([{ status: 'rejected' }]);
  });

  test('of several becomes one', async () => {
    const { places } = await prepare();
    const ledgers = [await openLedger(places, clock), await openLedger(places, clock)];
    const attempts = await Promise.allSettled(ledgers.map((ledger) => ledger.activate()));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const [index, attempt] of attempts.entries()) {
      if (attempt.status === 'fulfilled') {
        attempt.value.end();
      } else {
        expect(attempt.reason).toMatchObject({ code: 'ERR_ALREADY_ACTIVE' });
        await expect(ledgers[index]?.rotateVault()).rejects.toMatchObject({
          code: 'ERR_SUPERSEDED',
        });
      }
      await ledgers[index]?.close();
    }
  });

  test('need not wait after one that ended in good order', async () => {
    const { places } = await prepare();
    const first = await openLedger(places, clock);
    (await first.activate()).end();
    await first.close();
    const second = await openLedger(places, clock);
    // A counter at nought is nobody's: it is not watched.
    expect(second.parts.vault.state().beats).toBe(0);
    (await second.activate()).end();
    await second.close();
  });

  test('takes over by its command', async () => {
    const { places } = await prepare();
    const env = { ...process.env, PLR_VAULT: places.vault, PLR_MASTER: places.master };
    const argv = [PLR, 'standby', '--after', '1'];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { env });
    expect(stdout).toBe('Took over: epoch 1\n');
  });
});

describe('an active process that was stopped between its check and its write', () => {
  const REFUSED = [
    'mint ERR_SUPERSEDED',
    'rotate ERR_SUPERSEDED',
    'runner ERR_SUPERSEDED',
    'superseded true',
  ];

  test('writes an ordinary event or none, and mints, shreds, rotates and folds nothing more', async () => {
    const { places, subject } = await prepare();
    const active = startActive(places, subject, 'append');
    await active.until('held append');
    active.child.kill('SIGSTOP');
    const ledger = await takeOver(places);
    await ledger.handle(
      subject.uln,
      { type: 'AmendLearnerDetails', data: { changes: { title: 'Prof' } } },
      requestBy('10000001'),
    );
    active.child.kill('SIGCONT');
    active.goOn();
    await active.until('superseded');
    expect(active.said.slice(-4)).toEqual(REFUSED);
    expect(await problemsOf(ledger)).toEqual([]);
    const types = (await ledger.read(subject.uln)).map(({ event }) => event.type);
    expect(types.slice(0, 2)).toEqual(['UlnIssued', 'LearnerDetailsAmended']);
  });

  test('leaves its redaction to whoever took over, and nothing of it is left', async () => {
    const { places, subject } = await prepare();
    const active = startActive(places, subject, 'shred');
    await active.until('held shred');
    active.child.kill('SIGSTOP');
    const ledger = await takeOver(places);
    expect((await ledger.erasure.status()).map(({ state }) => state)).toEqual(['completed']);
    active.child.kill('SIGCONT');
    active.goOn();
    await active.until('superseded');
    expect(active.said).toContain('redact ERR_SUPERSEDED');
    expect(active.said.slice(-4)).toEqual(REFUSED);
    expect(await problemsOf(ledger)).toEqual([]);
    const folder = join(places.vault, '..');
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(text.join('')).not.toContain(CANARY);
  });

  test.skipIf(isNatsMissing)('behind a network that swallows everything, likewise', async () => {
    const server = await startNatsServer();
    const { places, subject } = await prepare(`${server.url}/plr`);
    const proxy = await openProxy(server.port);
    const active = startActive(places, subject, 'append', `nats://127.0.0.1:${proxy.port}/plr`);
    await active.until('held append');
    proxy.swallow('everything');
    active.child.kill('SIGSTOP');
    const ledger = await takeOver(places);
    await ledger.handle(
      subject.uln,
      { type: 'AmendLearnerDetails', data: { changes: { title: 'Prof' } } },
      requestBy('10000001'),
    );
    active.child.kill('SIGCONT');
    active.goOn();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    proxy.pass();
    await active.until('superseded');
    expect(active.said.slice(-4)).toEqual(REFUSED);
    expect(await problemsOf(ledger)).toEqual([]);
  });
});

describe('a vault of two copies', () => {
  /** A ledger with a learner whose vault has a second copy elsewhere. */
  async function prepareTwo() {
    const folder = temporaryFolder();
    const places = { ...placesIn(folder), vaultCopy: join(temporaryFolder(), 'copy', 'vault.db') };
    await createLedger(places, 'test.invalid/two', clock);
    const ledger = await openLedger(places, clock);
    const { uln } = await ledger.register(learnerDetails(1), requestBy('10000001'));
    await ledger.close();
    return { places, uln };
  }

  test.each(['vault', 'vaultCopy'] as const)(
    'loses nothing with the volume of the %s',
    async (lost) => {
      const { places, uln } = await prepareTwo();
      const other = lost === 'vault' ? places.vaultCopy : places.vault;
      for (const suffix of ['', '-wal', '-shm']) {
        rmSync(`${places[lost]}${suffix}`, { force: true });
      }
      await expect(openLedger(places, clock)).rejects.toMatchObject({ code: 'ERR_LEDGER_MISSING' });
      const next = { ...places, vault: other, vaultCopy: join(temporaryFolder(), 'next.db') };
      await createLedger(next, null, clock);
      const ledger = await openLedger(next, clock);
      expect(await ledger.read(uln)).toHaveLength(1);
      await ledger.register(learnerDetails(2), requestBy('10000001'));
      expect(await problemsOf(ledger)).toEqual([]);
      await ledger.close();
    },
  );
});

test('a reader with views of its own applies what was redacted elsewhere before it answers', async () => {
  const { places, subject } = await prepare();
  const views = join(temporaryFolder(), 'views.db');
  await createLedger({ ...places, views }, null, clock);
  const reader = await openLedger({ ...places, views }, clock);
  onTestFinished(reader.close);
  const search = {
    givenName: 'Given1',
    familyName: 'Synthetic',
    dateOfBirth: '2003-04-17',
    gender: '9',
    lastKnownPostCode: 'AB1 2CD',
  } as const;
  expect((await reader.find(search)).kind).toBe('exact');
  reader.parts.views.forget();
  const active = await openLedger(places, clock);
  onTestFinished(active.close);
  const officer = (user: string) => ({ ...requestBy('10000001', 'data-protection'), user });
  const { orders } = await active.erasure.propose(
    subject.stream,
    { event: subject.event, fields: ['familyName'], everywhere: false },
    'special-category-data',
    officer('officer1'),
  );
  for (const order of orders) {
    await active.erasure.order(order, officer('officer2'));
  }
  const text = () => readFileSync(views, 'latin1').toLowerCase();
  expect(text()).toContain('synthetic');
  const found = await reader.find(search);
  expect(found).toEqual(await active.find(search));
  expect(found.kind).not.toBe('exact');
  reader.parts.views.forget();
  expect(text()).not.toContain('synthetic');
});
