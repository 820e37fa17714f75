import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { isRedacted } from '../../domain/redaction.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import { NOW } from '../../projections/live/point.js';
import { plrAt } from '../../projections/live/replay.js';
import { createSystemClock } from '../../src/clock.js';
import { createJournal } from '../../src/journal/journal.js';
import { createOrders } from '../../src/journal/orders.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { verifyStreams } from '../../src/upkeep/verify.js';
import { openStore } from '../../streams/openStore.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import { uuidOf } from '../streams/events.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';
import { erase } from './erase.js';
import { eraseAndKill } from './eraseAndKill.js';
import { canStillOpen, filesHold } from './keyScan.js';
import type { Subject } from './redactionSubject.js';

const CANARY = 'canary-7f3a-attends-a-hospital';
/** A name that a view holds, unlike the notes. */
const FAMILY = 'Canarydefamille';
const MAX_STEPS = 80;
const clock = createSystemClock();
const folders: string[] = [];
let prepared: string;
let subject: Subject;
let target: { readonly id: string; readonly hash: Uint8Array; readonly data: Uint8Array };

beforeAll(async () => {
  prepared = mkdtempSync(join(tmpdir(), 'plr-redaction-'));
  folders.push(prepared);
  await createLedger(placesIn(prepared), 'test.invalid/redaction', clock);
  const ledger = await openLedger(placesIn(prepared), clock);
  const by = { kind: 'organisation', ukprn: Ukprn.parse('10000001') } as const;
  const request = (step: string) =>
    ({ by, user: 'registry', purpose: 'learner-registration', commandId: uuidOf(step) }) as const;
  const details = { ...learnerDetails(1), familyName: FAMILY, notes: CANARY };
  const { uln, receipt } = await ledger.register(details, request('register'));
  // The value is taken out and put back, so that it stands in two events.
  for (const [step, notes] of [
    ['out', 'harmless'],
    ['back', CANARY],
  ] as const) {
    const data = { changes: { notes } };
    await ledger.handle(uln, { type: 'AmendLearnerDetails', data }, request(step));
  }
  const event = receipt.eventIds[0] ?? '';
  subject = { uln, stream: receipt.stream, event };
  for await (const { data, hash } of ledger.parts.store.read(receipt.stream, { limit: 1 })) {
    target = { id: event, hash, data };
  }
  expect(await isFound(ledger)).toBe(true);
  await ledger.close();
});

afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('before it, the keys in the files open the event: the scan can find something', () => {
  expect(canStillOpen(prepared, target)).toBe(true);
  expect(viewsHold(prepared)).toBe(true);
});

test('a redaction killed at every step and run again is complete, and nothing opens the value', async () => {
  let killed = 0;
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const folder = copyOf(prepared);
    const wasKilled = await eraseAndKill(folder, subject, 'redact', step);
    await expectMarkerOnceOrdered(folder);
    await erase(folder, subject, 'redact', () => undefined);
    await expectErased(folder, `killed at step ${step}`);
    rmSync(folder, { recursive: true, force: true });
    if (!wasKilled) {
      break;
    }
    killed += 1;
  }
  expect(killed).toBeGreaterThanOrEqual(20);
  expect(killed).toBeLessThan(MAX_STEPS);
});

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'plr-redaction-'));
  folders.push(copy);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** As a reader that does not carry the order out: once it is recorded, the field reads as redacted. */
async function expectMarkerOnceOrdered(folder: string): Promise<void> {
  const places = placesIn(folder);
  const masters = createFileMasterDriver(places.master);
  const vault = await openVault({ path: places.vault, copyPath: null, masters });
  const store = await openStore(places.store);
  const orders = createOrders(store, vault, clock, clock());
  const journal = createJournal(store, vault, orders, clock);
  const { events } = await journal.read<LearnerEvent>(subject.stream);
  const isOrdered = [...(await orders.all()).values()].some(({ ordered }) => ordered !== null);
  expect(JSON.stringify(events).includes(CANARY)).toBe(!isOrdered);
  await store.close();
  vault.close();
}

async function expectErased(folder: string, when: string): Promise<void> {
  expect(filesHold(folder, CANARY), when).toBe(false);
  expect(canStillOpen(folder, target), when).toBe(false);
  expect(viewsHold(folder), when).toBe(false);
  const ledger = await openLedger(placesIn(folder), clock);
  expect(await isFound(ledger), when).toBe(false);
  await expectMarkerAtEveryPoint(ledger);
  const { problems, redacted } = await verifyStreams(ledger.parts, null, () => undefined);
  expect(problems, when).toEqual([]);
  expect(redacted, when).toBe(2);
  expect((await ledger.erasure.status()).map(({ state }) => state)).toEqual(['completed']);
  const completions: string[] = [];
  for await (const { type } of ledger.parts.store.readAll()) {
    completions.push(...(type === 'ErasureCompleted' ? [type] : []));
  }
  expect(completions, when).toHaveLength(1);
  await ledger.close();
}

/** True when the views hold the name in any of their files, as it is or in small letters. */
function viewsHold(folder: string): boolean {
  return filesHold(folder, FAMILY) || filesHold(folder, FAMILY.toLowerCase());
}

async function isFound(ledger: Ledger): Promise<boolean> {
  const { givenName, dateOfBirth } = learnerDetails(1);
  const { kind } = await ledger.find({ givenName, familyName: FAMILY, dateOfBirth });
  return kind !== 'none';
}

async function expectMarkerAtEveryPoint(ledger: Ledger): Promise<void> {
  const events = await ledger.read(subject.uln);
  expect(JSON.stringify(events)).not.toContain(CANARY);
  for (const { version, recordedAt } of events) {
    for (const point of [
      { ...NOW, version },
      { ...NOW, asAt: recordedAt },
    ]) {
      const notes = plrAt(events, point).details?.notes;
      // Between the two amendments the notes were harmless, and are still there to be read.
      expect(isRedacted(notes) || notes === 'harmless').toBe(true);
    }
  }
  expect(isRedacted(plrAt(events, NOW).details?.notes)).toBe(true);
}
