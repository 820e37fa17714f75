import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { createSystemClock } from '../../src/clock.js';
import { createJournal } from '../../src/journal/journal.js';
import { createOrders } from '../../src/journal/orders.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { verifyStreams } from '../../src/upkeep/verify.js';
import { openStore } from '../../streams/openStore.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { merge } from '../src/mergeSetting.js';
import { REGISTRY, requestOf } from '../src/setting.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';
import { erase } from './erase.js';
import { eraseAndKill } from './eraseAndKill.js';
import { filesHold, type ScannedEvent, whichStillOpen } from './keyScan.js';
import type { Subject } from './redactionSubject.js';

const FAMILIES = ['Canaryofthemaster', 'Canaryoftheother'];
const MAX_STEPS = 120;
const clock = createSystemClock();
const folders: string[] = [];
let prepared: string;
let subject: Subject;
const streams: string[] = [];
/** The events that say anything of the person. */
const targets: ScannedEvent[] = [];

beforeAll(async () => {
  prepared = mkdtempSync(join(tmpdir(), 'plr-person-'));
  folders.push(prepared);
  await createLedger(placesIn(prepared), 'test.invalid/person', clock);
  const ledger = await openLedger(placesIn(prepared), clock);
  const all = [];
  for (const [index, familyName] of FAMILIES.entries()) {
    const details = { ...learnerDetails(index + 1), familyName };
    const { uln, receipt } = await ledger.register(details, requestOf(REGISTRY, 'registry'));
    all.push({ uln, stream: receipt.stream, event: receipt.eventIds[0] ?? '' });
  }
  const [master, other] = all;
  if (master === undefined || other === undefined) {
    throw new Error('two learners were registered');
  }
  await merge(ledger, master, other);
  subject = master;
  for (const { stream } of all) {
    streams.push(stream);
    for await (const { header, hash, data } of ledger.parts.store.read(stream)) {
      targets.push({ id: String(JSON.parse(Buffer.from(header).toString()).id), hash, data });
    }
  }
  const { givenName, dateOfBirth } = learnerDetails(1);
  await ledger.find({ givenName, familyName: 'Canaryofthemaster', dateOfBirth });
  await ledger.close();
});

afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('before it, the keys in the files open the events of both: the scan can find something', () => {
  expect(targets).toHaveLength(4);
  expect(whichStillOpen(prepared, targets)).toHaveLength(4);
  expect(FAMILIES.map((text) => filesHold(prepared, text))).toEqual([true, true]);
});

test('killed at every step, half a person is never shown, and run again nothing is left of either', async () => {
  let killed = 0;
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'plr-person-'));
    folders.push(folder);
    cpSync(prepared, folder, { recursive: true });
    const wasKilled = await eraseAndKill(folder, subject, 'dispose', step);
    const shown = await familiesShown(folder);
    expect([0, 2], `killed at step ${step}`).toContain(shown);
    await erase(folder, subject, 'dispose', () => undefined);
    await expectGone(folder, `killed at step ${step}`);
    rmSync(folder, { recursive: true, force: true });
    if (!wasKilled) {
      break;
    }
    killed += 1;
  }
  expect(killed).toBeGreaterThanOrEqual(30);
  expect(killed).toBeLessThan(MAX_STEPS);
});

/** Of how many ULNs a reader sees the name who does not carry orders out. */
async function familiesShown(folder: string): Promise<number> {
  const places = placesIn(folder);
  const masters = createFileMasterDriver(places.master);
  const vault = await openVault({ path: places.vault, copyPath: null, masters });
  const store = await openStore(places.store);
  const journal = createJournal(store, vault, createOrders(store, vault, clock, clock()), clock);
  const shown: boolean[] = [];
  for (const stream of streams) {
    const { events } = await journal.read<LearnerEvent>(stream);
    shown.push(FAMILIES.some((family) => JSON.stringify(events).includes(family)));
  }
  await store.close();
  vault.close();
  return shown.filter((isShown) => isShown).length;
}

async function expectGone(folder: string, when: string): Promise<void> {
  for (const text of FAMILIES.flatMap((family) => [family, family.toLowerCase()])) {
    expect(filesHold(folder, text), when).toBe(false);
  }
  expect(whichStillOpen(folder, targets), when).toEqual([]);
  const ledger = await openLedger(placesIn(folder), clock);
  const states = (await ledger.retention.status()).map(({ state }) => state);
  expect(states, when).toEqual(['completed', 'completed']);
  const { problems } = await verifyStreams(ledger.parts, null, () => undefined);
  expect(problems, when).toEqual([]);
  await ledger.close();
}
