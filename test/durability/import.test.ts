import { spawn } from 'node:child_process';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Uln } from '../../domain/values/uln.js';
import { createSystemClock } from '../../src/clock.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { verifyStreams } from '../../src/upkeep/verify.js';
import { ACHIEVEMENT_HEADER, achievementRow, readResult } from '../src/imports/files.js';
import { requestBy, temporaryFolder } from '../support/ledger.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';

const IMPORT = fileURLToPath(new URL('../../dist/test/durability/importMain.js', import.meta.url));
const LEARNERS = 20;
const ROWS = 700;
const KILLS = 12;
/** A process is killed after it answered so many rows, and up to so much later: in the middle of others. */
const MAX_ROWS_BEFORE_KILL = 350;
const MAX_MS_BEFORE_KILL = 10;
const clock = createSystemClock();
const ulns: Uln[] = [];
/** A ledger with learners in it and a file that is about them; copies of it are played with. */
let prepared: string;

beforeAll(async () => {
  prepared = temporaryFolder();
  await createLedger(placesIn(prepared), 'test.invalid/import', clock);
  const ledger = await openLedger(placesIn(prepared), clock);
  for (let number = 0; number < LEARNERS; number += 1) {
    ulns.push((await ledger.register(learnerDetails(number), requestBy('10000001'))).uln);
  }
  await ledger.close();
  writeFileSync(join(prepared, 'rows.csv'), rows());
});

/** Rows of every kind: four in ten are held, of which half wait for a name and half for a date. */
function rows(): string {
  const lines = Array.from({ length: ROWS }, (_, index) => {
    const uln = ulns[index % LEARNERS] ?? '';
    const id = `A-${Math.floor(index / 3)}`;
    const grade = `Grade${index}`;
    switch (index % 10) {
      case 2:
      case 5:
        return `${achievementRow(uln, { id: `M-${index}`, grade })},Robin`;
      case 3:
      case 7:
        return `${achievementRow(uln, { id: `D-${index}`, awarded: '2099-01-01' })},`;
      case 4:
        return `${achievementRow(uln, { id, status: 'X' })},`;
      case 6:
        return `${achievementRow(uln, { id: `A-${Math.floor(index / 3) - 1}`, status: 'W' })},`;
      default:
        return `${achievementRow(uln, { id, grade })},`;
    }
  });
  return [`${ACHIEVEMENT_HEADER},GivenName`, ...lines, ''].join('\n');
}

function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Imports the file in a process of its own, which is killed after so many rows if it is; true when it was. */
function importing(folder: string, killAfterRows: number | null): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const [file, result] = [join(folder, 'rows.csv'), join(folder, 'result.csv')];
    const child = spawn(process.execPath, [IMPORT, folder, file, result]);
    let errors = '';
    let isToBeKilled = false;
    createInterface({ input: child.stdout }).on('line', (rows) => {
      if (!isToBeKilled && killAfterRows !== null && Number(rows) >= killAfterRows) {
        isToBeKilled = true;
        setTimeout(() => child.kill('SIGKILL'), Math.random() * MAX_MS_BEFORE_KILL);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += String(chunk);
    });
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') {
        reject(new Error(errors));
        return;
      }
      resolve(signal === 'SIGKILL');
    });
  });
}

/** Imports a copy of what was prepared and is killed, over and over, until it comes to its end. */
async function importKilled(before: string): Promise<string> {
  const folder = copyOf(before);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const rows = Math.ceil(Math.random() * MAX_ROWS_BEFORE_KILL);
    if (!(await importing(folder, rows))) {
      // It came to its end before the signal came: that proves nothing where it is the first.
      return kill === 0 ? importKilled(before) : folder;
    }
    expect(existsSync(join(folder, 'result.csv'))).toBe(false);
  }
  await importing(folder, null);
  return folder;
}

/** Everything that was recorded: learners' events with their ids, and every held row. */
async function stateOf(folder: string) {
  const ledger = await openLedger(placesIn(folder), clock);
  const { problems } = await verifyStreams(ledger.parts, null, () => undefined);
  expect(problems).toEqual([]);
  expect(await ledger.projections.verify('held')).toMatchObject({ differing: 0 });
  const learners = [];
  for (const uln of ulns) {
    const events = await ledger.read(uln);
    learners.push(events.map(({ id, event }) => ({ id, event })));
  }
  const list = await ledger.held.list({ submittedBy: null, import: null, limit: 10_000 });
  const waiting = list.map(({ heldAt: _, ...row }) => row);
  waiting.sort((one, other) => one.row - other.row);
  const state = { learners, waiting, heldRows: await heldRowsOf(ledger) };
  await ledger.close();
  return state;
}

/** Every event about a row of an import, in the rows' order: how often a row was held and released shows. */
async function heldRowsOf(ledger: Ledger) {
  const streams = new Set<string>();
  for await (const { stream } of ledger.parts.store.readAll()) {
    if (stream.startsWith('import-')) {
      streams.add(stream);
    }
  }
  const events: string[] = [];
  for (const stream of streams) {
    const read = await ledger.parts.journal.read(stream);
    for (const { event } of read.events) {
      // How many rows a run found recorded before depends on when the runs before it were killed.
      if (event.type !== 'ImportFinished') {
        events.push(`${stream} ${event.type} ${JSON.stringify(event.data)}`);
      }
    }
  }
  return events.sort();
}

/** The answers, with every outcome that was recorded counted as one: another run may have recorded it. */
function answersOf(folder: string) {
  return readResult(join(folder, 'result.csv')).map(({ Row, Key, Outcome, Code, ULN }) => ({
    ...{ Row, Key, Code, ULN },
    Outcome: ['held', 'rejected'].includes(Outcome) ? Outcome : 'recorded',
  }));
}

async function expectSame(killed: string, whole: string): Promise<void> {
  expect(answersOf(killed)).toEqual(answersOf(whole));
  expect(answersOf(killed)).toHaveLength(ROWS);
  expect(await stateOf(killed)).toEqual(await stateOf(whole));
}

describe('an import that is killed at random moments and begun again', () => {
  test('ends as one that was not, with the same rows held', async () => {
    const whole = copyOf(prepared);
    await importing(whole, null);
    const { waiting } = await stateOf(whole);
    expect(waiting).toHaveLength((ROWS * 4) / 10);
    await expectSame(await importKilled(prepared), whole);
  });

  test('ends as one that was not, where it releases rows that were held', async () => {
    const first = copyOf(prepared);
    await importing(first, null);
    await renameAll(first);
    rmSync(join(first, 'result.csv'));
    const whole = copyOf(first);
    await importing(whole, null);
    const { waiting } = await stateOf(whole);
    expect(waiting).toHaveLength((ROWS * 2) / 10);
    await expectSame(await importKilled(first), whole);
  });
});

/** Gives every learner the name that the held rows go by. */
async function renameAll(folder: string): Promise<void> {
  const ledger = await openLedger(placesIn(folder), clock);
  for (const uln of ulns) {
    const data = { changes: { preferredGivenName: 'Robin' } };
    await ledger.handle(uln, { type: 'AmendLearnerDetails', data }, requestBy('10000001'));
  }
  await ledger.close();
}
