import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { DEFAULT_POLICY } from '../../domain/learner/retention/policy.js';
import { CalendarDate } from '../../domain/values/date.js';
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
import { filesHold, type ScannedEvent, whichStillOpen } from './keyScan.js';
import { orderRequest, proposeRequest, type Subject } from './redactionSubject.js';

const CANARY = 'canary-7f3a-attends-a-hospital';
/** What views hold: a name, and of an achievement what cannot be redacted. */
const FAMILY = 'Canarydefamille';
const ENTRY = 'canary-entry-91c2';
const MAX_STEPS = 80;
const clock = createSystemClock();
const folders: string[] = [];
let prepared: string;
let subject: Subject;
/** The ids, hashes and data of what is to go: the first event, one redacted, one with a key of its own. */
const targets: ScannedEvent[] = [];

beforeAll(async () => {
  prepared = mkdtempSync(join(tmpdir(), 'plr-disposal-'));
  folders.push(prepared);
  await createLedger(placesIn(prepared), 'test.invalid/disposal', clock);
  const ledger = await openLedger(placesIn(prepared), clock);
  const by = { kind: 'organisation', ukprn: Ukprn.parse('10000001') } as const;
  const request = (step: string) =>
    ({ by, user: 'registry', purpose: 'learner-registration', commandId: uuidOf(step) }) as const;
  const details = { ...learnerDetails(1), familyName: FAMILY, notes: CANARY };
  const { uln, receipt } = await ledger.register(details, request('register'));
  const achievement = {
    achievementId: ENTRY,
    submittedBy: '10000001',
    standing: 'final',
    source: 'AO',
    subjectCode: '601/0143/X',
    achievementAwardDate: '2021-07-09',
    grade: 'Secretly',
  } as const;
  await ledger.handle(uln, { type: 'RecordAchievement', data: achievement }, request('award'));
  const noted = await ledger.handle(
    uln,
    { type: 'AmendLearnerDetails', data: { changes: { notes: 'harmless' } } },
    request('note'),
  );
  // A redaction, so that some keys are kept, one event is sealed anew, and one key number has gone.
  subject = { uln, stream: receipt.stream, event: noted.receipt.eventIds[0] ?? '' };
  const selection = { event: subject.event, fields: ['notes'], everywhere: false };
  const first = { ...subject, event: uuidOf('redaction') };
  const { orders } = await ledger.erasure.propose(
    subject.stream,
    selection,
    'court-order',
    proposeRequest(first),
  );
  await ledger.erasure.order(orders[0] ?? '', orderRequest(first));
  for await (const { header, hash, data } of ledger.parts.store.read(subject.stream)) {
    targets.push({ id: String(JSON.parse(Buffer.from(header).toString()).id), hash, data });
  }
  expect(await isFound(ledger)).toBe(true);
  await ledger.statistics({ subjectCode: null, submittedBy: null, year: null });
  await ledger.retention.due({ by: CalendarDate.parse('2090-01-01'), limit: 1 }, DEFAULT_POLICY);
  await ledger.close();
});

afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('before it, the keys in the files open the events: the scan can find something', () => {
  expect(targets).toHaveLength(5);
  // Of the third, the redacted one, the key is gone already.
  expect(whichStillOpen(prepared, targets)).toEqual(
    targets.filter((_, index) => index !== 2).map(({ id }) => id),
  );
  expect([FAMILY, ENTRY, subject.uln].map((text) => filesHold(prepared, text))).toEqual([
    ...[true, true, true],
  ]);
});

test('a disposal killed at every step and run again is complete, and nothing opens the record', async () => {
  let killed = 0;
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const folder = copyOf(prepared);
    const wasKilled = await eraseAndKill(folder, subject, 'dispose', step);
    await expectGoneOnceOrdered(folder);
    await erase(folder, subject, 'dispose', () => undefined);
    await expectDisposed(folder, `killed at step ${step}`);
    rmSync(folder, { recursive: true, force: true });
    if (!wasKilled) {
      break;
    }
    killed += 1;
  }
  expect(killed).toBeGreaterThanOrEqual(20);
  expect(killed).toBeLessThan(MAX_STEPS);
});

test('with a second vault, a disposal killed between the two is complete in both', async () => {
  const folder = copyOf(prepared);
  const places = placesIn(folder);
  const vaultCopy = join(folder, 'data', 'copy.db');
  copyFileSync(places.vault, vaultCopy);
  await erase(folder, subject, 'dispose', () => undefined);
  // The first has carried it out, the second knows nothing of it yet.
  expect(whichStillOpen(folder, targets)).not.toEqual([]);
  const ledger = await openLedger({ ...places, vaultCopy }, clock);
  ledger.parts.vault.forget();
  expect(whichStillOpen(folder, targets)).toEqual([]);
  await ledger.close();
});

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'plr-disposal-'));
  folders.push(copy);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** As a reader that does not carry the order out: once it is recorded, nothing of the record is shown. */
async function expectGoneOnceOrdered(folder: string): Promise<void> {
  const places = placesIn(folder);
  const masters = createFileMasterDriver(places.master);
  const vault = await openVault({ path: places.vault, copyPath: null, masters });
  const store = await openStore(places.store);
  const orders = createOrders(store, vault, clock, clock());
  const journal = createJournal(store, vault, orders, clock);
  const { events } = await journal.read<LearnerEvent>(subject.stream);
  const isOrdered = [...(await orders.disposals()).values()].some(
    ({ state }) => state === 'ordered' || state === 'completed',
  );
  expect(JSON.stringify(events).includes(FAMILY)).toBe(!isOrdered);
  await store.close();
  vault.close();
}

async function expectDisposed(folder: string, when: string): Promise<void> {
  for (const text of [CANARY, FAMILY, FAMILY.toLowerCase(), ENTRY, subject.uln]) {
    expect(filesHold(folder, text), when).toBe(false);
  }
  expect(whichStillOpen(folder, targets), when).toEqual([]);
  const ledger = await openLedger(placesIn(folder), clock);
  expect(await isFound(ledger), when).toBe(false);
  const events = await ledger.read(subject.uln);
  for (const { version, recordedAt } of events) {
    for (const point of [
      { ...NOW, version },
      { ...NOW, asAt: recordedAt },
    ]) {
      expect(plrAt(events, point), when).toMatchObject({
        uln: null,
        qualifications: [],
        disposed: { basis: 'court-order' },
      });
    }
  }
  const { problems, disposed } = await verifyStreams(ledger.parts, null, () => undefined);
  expect(problems, when).toEqual([]);
  expect(disposed, when).toBe(5);
  expect(
    (await ledger.retention.status()).map(({ state }) => state),
    when,
  ).toEqual(['completed']);
  const types: string[] = [];
  for await (const { type } of ledger.parts.store.readAll()) {
    types.push(type);
  }
  expect(
    types.filter((type) => type === 'RecordDisposed'),
    when,
  ).toHaveLength(1);
  expect(
    types.filter((type) => type === 'ErasureCompleted'),
    when,
  ).toHaveLength(2);
  await ledger.close();
}

async function isFound(ledger: Ledger): Promise<boolean> {
  const { givenName, dateOfBirth } = learnerDetails(1);
  const { kind } = await ledger.find({ givenName, familyName: FAMILY, dateOfBirth });
  return kind !== 'none';
}
