import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Ukprn } from '../../domain/values/ukprn.js';
import { createSystemClock } from '../../src/clock.js';
import type { ViewName } from '../../src/keptViews/keptViews.js';
import { viewNames } from '../../src/keptViews/keptViews.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { AWARDING, achievement, requestOf } from '../src/setting.js';
import { temporaryFolder } from '../support/ledger.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';

const CHILD = fileURLToPath(new URL('../../dist/test/durability/rebuildMain.js', import.meta.url));
const LEARNERS = 1200;
const KILLS = 6;
/** More tables than one rebuild makes and drops. */
const MAX_TABLES = 20;
const MAX_MS_BEFORE_KILL = 250;
/** Far more than a process does before it is killed. */
const FOR_EVER = '100000';
const ALL = { subjectCode: null, submittedBy: null, year: null };
const clock = createSystemClock();

test('a rebuild killed at any moment leaves what answers as it is, and nothing behind', async () => {
  const folder = temporaryFolder();
  await createLedger(placesIn(folder), 'test.invalid/rebuild', clock);
  const ledger = await openLedger(placesIn(folder), clock);
  await fill(ledger);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const name = kill % 2 === 0 ? 'register' : 'statistics';
    await killAfter(start(folder, name, FOR_EVER), Math.random() * MAX_MS_BEFORE_KILL);
    await expectComplete(ledger);
    expect(leftOver(ledger)).toEqual([]);
  }
  // There is one to be dropped from now on.
  await ledger.projections.rebuild('register');
  let killed = 0;
  for (; killed < MAX_TABLES && (await killAtTable(folder, killed + 1)); killed += 1) {
    await expectComplete(ledger);
    expect(leftOver(ledger)).toEqual([]);
  }
  // Two are made, and the third is one that goes; the rebuild after that has none to make.
  expect(killed).toBe(3);
  for (const name of viewNames) {
    // Sound: the names are those of the views.
    expect((await ledger.projections.rebuild(name as ViewName)).switched).toBe(true);
    expect((await ledger.projections.verify(name as ViewName)).differing).toBe(0);
  }
  expect(leftOver(ledger)).toEqual([]);
  expect(ledger.parts.views.database.pragma('integrity_check', { simple: true })).toBe('ok');
  await ledger.close();
});

test('two processes that read and make the same view anew lose and double nothing', async () => {
  const folder = temporaryFolder();
  await createLedger(placesIn(folder), 'test.invalid/rebuild', clock);
  const ledger = await openLedger(placesIn(folder), clock);
  await fill(ledger);
  const child = start(folder, 'statistics', FOR_EVER);
  const isEnded = ended(child);
  await ready(child);
  for (let round = 0; round < 10; round += 1) {
    await expectComplete(ledger);
    // Either may be the one that switches to what both have made.
    await ledger.projections.rebuild('statistics').catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'ERR_VIEW_GENERATION' });
    });
  }
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await isEnded;
  await expectComplete(ledger);
  expect((await ledger.projections.verify('statistics')).differing).toBe(0);
  await ledger.close();
});

async function fill(ledger: Ledger): Promise<void> {
  const by = Ukprn.parse('10000001');
  const register = async (number: number) => {
    const { uln } = await ledger.register(learnerDetails(number), requestOf(by, 'registry'));
    await ledger.handle(uln, achievement('A-1'), requestOf(AWARDING, 'awards'));
  };
  for (let from = 0; from < LEARNERS; from += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => register(from + index)));
  }
}

async function expectComplete(ledger: Ledger): Promise<void> {
  expect((await ledger.statistics(ALL)).map(({ final }) => final)).toEqual([LEARNERS]);
  const last = { ...learnerDetails(LEARNERS - 1), dateOfBirth: '2003-04-17' };
  const { givenName, familyName, dateOfBirth } = last;
  expect((await ledger.find({ givenName, familyName, dateOfBirth })).kind).toBe('possible');
}

/** The tables that belong to no generation, and the generations that are of no use. */
/** The tables of the file beside those of views: its own, and the index of who looked at whom. */
const OTHER_TABLES = [
  'published',
  ...['erasures', 'generations'],
  ...['looked_through', 'looks', 'access_days', 'births_tried'],
];

function leftOver({ parts: { views, runner } }: Ledger): readonly string[] {
  const generations = runner.generations.all();
  const owned = generations.map(({ view, tables }) => `${view}_${tables}_`);
  const names = views.database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  const states = generations.map(({ view, state }) => `${view} ${state}`);
  return [
    ...names.filter((name) => !OTHER_TABLES.includes(name) && !isOwned(name, owned)),
    ...states.filter((state, index) => states.indexOf(state) !== index),
  ];
}

function isOwned(table: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => table.startsWith(prefix));
}

function start(folder: string, name: ViewName, times: string, killAt = 0): ChildProcess {
  return spawn(process.execPath, [CHILD, folder, name, times, String(killAt)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('close', () =>
      reject(new Error('expected a process that gets ready, found it ended')),
    );
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}

/** Makes the register anew in a process that dies after it made or dropped its n-th table; true when it did. */
async function killAtTable(folder: string, table: number): Promise<boolean> {
  const child = start(folder, 'register', '1', table);
  await ended(child);
  return child.signalCode === 'SIGKILL';
}

async function killAfter(child: ChildProcess, milliseconds: number): Promise<void> {
  const isEnded = ended(child);
  await ready(child);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await isEnded;
}
