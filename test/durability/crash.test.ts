import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../src/clock.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { verifyStreams } from '../../src/upkeep/verify.js';
import { placesIn } from '../support/synthetic.js';

const WRITER = fileURLToPath(new URL('../../dist/test/durability/writerMain.js', import.meta.url));
const LANES = 2;
const KILLS_PER_LANE = 110;
/** Far more commands than the kills let through; what is left over the last process does not do. */
const COMMANDS = 1_000_000;
/** A process is killed after it answered so many commands anew, and up to so much later: in the middle of the next. */
const MAX_ANSWERS_BEFORE_KILL = 20;
const MAX_MS_BEFORE_KILL = 10;

test(`loses and doubles nothing acknowledged, in ${LANES * KILLS_PER_LANE} kills at random moments`, async () => {
  await Promise.all(Array.from({ length: LANES }, killOverAndOver));
});

async function killOverAndOver(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plr-crash-'));
  const places = placesIn(folder);
  const clock = createSystemClock();
  await createLedger(places, 'test.invalid/crash', clock);
  const receipts = new Map<number, string>();
  for (let kill = 0; kill < KILLS_PER_LANE; kill += 1) {
    for (const [command, receipt] of await runUntilKilled(folder, receipts)) {
      // A command repeated after the crash is answered with the receipt it was first given.
      expect(receipts.get(command) ?? receipt).toBe(receipt);
      receipts.set(command, receipt);
    }
  }
  const ledger = await openLedger(places, clock);
  const { problems } = await verifyStreams(ledger.parts, null, () => undefined);
  expect(problems).toEqual([]);
  const ids = await idsInLog(ledger);
  expect(new Set(ids).size).toBe(ids.length);
  const held = new Set(ids);
  // Every process was answered something that none before it was.
  expect(receipts.size).toBeGreaterThanOrEqual(KILLS_PER_LANE);
  const acknowledged = [...receipts.values()].flatMap(eventIdsOf);
  expect(acknowledged.length).toBeGreaterThan(KILLS_PER_LANE);
  expect(acknowledged.filter((id) => !held.has(id))).toEqual([]);
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs a writer until it has answered a random number of commands that were never answered before, kills it
 * a moment later, and returns what it answered.
 */
function runUntilKilled(
  folder: string,
  known: ReadonlyMap<number, string>,
): Promise<ReadonlyMap<number, string>> {
  return new Promise((resolve, reject) => {
    const first = String(firstMissing(known));
    const child = spawn(process.execPath, [WRITER, folder, first, String(COMMANDS)]);
    const answersBeforeKill = Math.ceil(Math.random() * MAX_ANSWERS_BEFORE_KILL);
    let isToBeKilled = false;
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += String(chunk);
      const answered = [...answersIn(output).keys()].filter((command) => !known.has(command));
      if (!isToBeKilled && answered.length >= answersBeforeKill) {
        isToBeKilled = true;
        setTimeout(() => child.kill('SIGKILL'), Math.random() * MAX_MS_BEFORE_KILL);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += String(chunk);
    });
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') {
        resolve(answersIn(output));
      } else {
        reject(new Error(`the writer ended by itself: ${errors}`));
      }
    });
  });
}

/** The receipts that were answered, by command. The last line may be cut short: then it was never read. */
function answersIn(output: string): ReadonlyMap<number, string> {
  const lines = output.split('\n').slice(0, -1);
  return new Map(
    lines.map((line) => [Number.parseInt(line, 10), line.slice(line.indexOf(' ') + 1)]),
  );
}

function firstMissing(receipts: ReadonlyMap<number, string>): number {
  let command = 0;
  while (receipts.has(command)) {
    command += 1;
  }
  return command;
}

function eventIdsOf(receipts: string): readonly string[] {
  return (JSON.parse(receipts) as { eventIds: string[] }[]).flatMap(({ eventIds }) => eventIds);
}

async function idsInLog(
  ledger: Awaited<ReturnType<typeof openLedger>>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { header } of ledger.parts.store.readAll()) {
    ids.push((JSON.parse(header) as { id: string }).id);
  }
  return ids;
}
